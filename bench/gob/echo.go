// Copyright 2026 the Gee authors. MIT license.

// Calls of Go's net/rpc: echo serve prints its address; echo call <address>
// <callers> <ms> prints calls per second.
package main

import (
	"fmt"
	"net"
	"net/rpc"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type Args struct{ Num1, Num2 int }

type Arith struct{}

func (Arith) Sum(args *Args, reply *int) error {
	*reply = args.Num1 + args.Num2
	return nil
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func serve() {
	must(rpc.Register(Arith{}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listener.Addr().String())
	rpc.Accept(listener)
}

func measure(client *rpc.Client, callers int, limit time.Duration) float64 {
	start := time.Now()
	var calls int64
	var wait sync.WaitGroup
	for i := 0; i < callers; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := 0; time.Since(start) < limit; n++ {
				var sum int
				must(client.Call("Arith.Sum", &Args{n, 35000}, &sum))
				if sum != n+35000 {
					panic(sum)
				}
				atomic.AddInt64(&calls, 1)
			}
		}()
	}
	wait.Wait()
	return float64(calls) / time.Since(start).Seconds()
}

func main() {
	if os.Args[1] == "serve" {
		serve()
		return
	}
	client, err := rpc.Dial("tcp", os.Args[2])
	must(err)
	callers, err := strconv.Atoi(os.Args[3])
	must(err)
	ms, err := strconv.Atoi(os.Args[4])
	must(err)
	measure(client, callers, time.Duration(ms/2)*time.Millisecond)
	fmt.Println(measure(client, callers, time.Duration(ms)*time.Millisecond))
}
