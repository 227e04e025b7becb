// Copyright 2026 the Gee authors. MIT license.

// A client of net/rpc, in gob or as its second argument says in JSON or over HTTP:
// it calls a server and writes what that answers.
package main

import (
	"fmt"
	"log"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
)

type Args struct{ A, B int }

type Quotient struct{ Quo, Rem int }

func main() {
	dial := rpc.Dial
	if len(os.Args) > 2 && os.Args[2] == "json" {
		dial = jsonrpc.Dial
	} else if len(os.Args) > 2 && os.Args[2] == "http" {
		dial = rpc.DialHTTP
	}
	client, err := dial("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var product int
	err = client.Call("Arith.Multiply", Args{6, 7}, &product)
	fmt.Println(product, err)
	var quotient Quotient
	err = client.Call("Arith.Divide", &Args{7, 2}, &quotient)
	fmt.Println(quotient, err)
	fmt.Println(client.Call("Arith.Divide", &Args{7, 0}, &quotient))
	fmt.Println(client.Call("Arith.Gone", &Args{7, 0}, &quotient))
	fmt.Println(client.Call("Arith.Multiply", "text", &product))
	var words []string
	err = client.Call("Arith.Sort", []string{"b", "a"}, &words)
	fmt.Println(words, err)
	calls := make([]*rpc.Call, 200)
	for i := range calls {
		calls[i] = client.Go("Arith.Multiply", Args{i, i}, new(int), nil)
	}
	sum := 0
	for _, call := range calls {
		<-call.Done
		sum += *call.Reply.(*int)
	}
	fmt.Println(sum, client.Close())
}
