// Copyright 2026 the Gee authors. MIT license.

// A server of net/rpc, in gob or as its argument says in JSON, and one behind
// HTTP; it writes both addresses and ends with its input.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"sort"
	"time"
)

type Args struct{ A, B int }

type Quotient struct{ Quo, Rem int }

type Arith struct{}

func (Arith) Multiply(args Args, reply *int) error {
	*reply = args.A * args.B
	return nil
}

func (Arith) Divide(args *Args, reply *Quotient) error {
	if args.B == 0 {
		return errors.New("100% wrong: divide by zero")
	}
	*reply = Quotient{args.A / args.B, args.A % args.B}
	return nil
}

func (Arith) Sort(words []string, reply *[]string) error {
	sort.Strings(words)
	*reply = words
	return nil
}

func (Arith) Later(ms int, reply *time.Duration) error {
	*reply = time.Duration(ms) * time.Millisecond
	time.Sleep(*reply)
	return nil
}

func serve(listener net.Listener) {
	if len(os.Args) < 2 || os.Args[1] != "json" {
		rpc.Accept(listener)
		return
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go jsonrpc.ServeConn(conn)
	}
}

func main() {
	rpc.Register(Arith{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	rpc.HandleHTTP()
	fmt.Printf("tcp@%s http@%s\n", listener.Addr(), web.Addr())
	go serve(listener)
	go http.Serve(web, nil)
	io.Copy(io.Discard, os.Stdin)
}
