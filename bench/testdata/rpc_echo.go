// Copyright 2026 the Gee authors. MIT license.

// Go's own net/rpc in gob, on either side: `serve` writes its port, and
// `call ADDRESS BYTES CALLERS WARMUP MS` writes calls per second.
package main

import (
	"fmt"
	"net"
	"net/rpc"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type Body struct{ Text string }

type Echo struct{}

func (Echo) Say(body Body, reply *Body) error {
	*reply = body
	return nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() {
	must(rpc.Register(Echo{}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	rpc.Accept(listener)
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	must(err)
	return value
}

func run(client *rpc.Client, text string, callers int, limit time.Duration) float64 {
	var calls atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for i := 0; i < callers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for time.Since(start) < limit {
				var reply Body
				must(client.Call("Echo.Say", Body{text}, &reply))
				calls.Add(1)
			}
		}()
	}
	group.Wait()
	return float64(calls.Load()) / time.Since(start).Seconds()
}

func main() {
	if os.Args[1] == "serve" {
		serve()
		return
	}
	client, err := rpc.Dial("tcp", "127.0.0.1:"+os.Args[2])
	must(err)
	text := strings.Repeat("x", number(os.Args[3]))
	callers := number(os.Args[4])
	run(client, text, callers, time.Duration(number(os.Args[5]))*time.Millisecond)
	fmt.Println(run(client, text, callers, time.Duration(number(os.Args[6]))*time.Millisecond))
}
