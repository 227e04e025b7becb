// Copyright 2026 the Gee authors. MIT license.

// Measures encoding/gob: values <encode|decode> <case> <ms> prints values per second.
package main

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"strconv"
	"time"
)

type Args struct{ Num1, Num2 int }

type Order struct {
	ID     int
	Name   string
	Price  float64
	Active bool
	Count  uint
	Level  int8
	Note   string
	Hash   []byte
	Ratio  float32
	Tags   []string
}

type Tree struct {
	Value       int
	Left, Right *Tree
}

type Request struct {
	ServiceMethod string
	Seq           uint64
}

func tree(at int) *Tree {
	if at > 200 {
		return nil
	}
	return &Tree{at * 1000, tree(2 * at), tree(2*at + 1)}
}

// The values that go over the wire together, and empty ones to read them into.
func values(name string) ([]interface{}, func() []interface{}) {
	one := func(value interface{}, fresh func() interface{}) ([]interface{}, func() []interface{}) {
		return []interface{}{value}, func() []interface{} { return []interface{}{fresh()} }
	}
	switch name {
	case "2 ints":
		return one(&Args{7, 35000}, func() interface{} { return new(Args) })
	case "10 fields, 20 strings":
		order := &Order{ID: 123456, Name: "Grüner Tee", Price: 12.34, Active: true,
			Count: 300, Level: -5, Note: "To be left with the neighbors, please",
			Hash: []byte("0123456789abcdef"), Ratio: 0.25}
		for i := 0; i < 20; i++ {
			order.Tags = append(order.Tags, fmt.Sprintf("tag number %d", i))
		}
		return one(order, func() interface{} { return new(Order) })
	case "map of 100 floats":
		floats := map[string]float64{}
		for i := 0; i < 100; i++ {
			floats[fmt.Sprintf("key%d", i)] = float64(i)*1.5 + 0.1
		}
		return one(floats, func() interface{} { return new(map[string]float64) })
	case "64 KB":
		data := make([]byte, 64<<10)
		for i := range data {
			data[i] = byte(i)
		}
		return one(data, func() interface{} { return new([]byte) })
	case "tree of 200":
		return one(tree(1), func() interface{} { return new(Tree) })
	case "call":
		return []interface{}{&Request{"Arith.Sum", 1234}, &Args{7, 35000}},
			func() []interface{} { return []interface{}{new(Request), new(Args)} }
	}
	panic(name)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// A stream that sends the definitions once, and then the same values for ever.
type stream struct{ next, values []byte }

func (s *stream) Read(to []byte) (int, error) {
	if len(s.next) == 0 {
		s.next = s.values
	}
	n := copy(to, s.next)
	s.next = s.next[n:]
	return n, nil
}

func operation(kind, name string) func() {
	all, fresh := values(name)
	var out bytes.Buffer
	encoder := gob.NewEncoder(&out)
	encode := func() {
		out.Reset()
		for _, value := range all {
			must(encoder.Encode(value))
		}
	}
	if kind == "encode" {
		return encode
	}
	encode()
	first := append([]byte(nil), out.Bytes()...)
	encode()
	decoder := gob.NewDecoder(&stream{first, out.Bytes()})
	return func() {
		for _, value := range fresh() {
			must(decoder.Decode(value))
		}
	}
}

func main() {
	run := operation(os.Args[1], os.Args[2])
	ms, err := strconv.Atoi(os.Args[3])
	must(err)
	measure := func(limit time.Duration) float64 {
		start := time.Now()
		done := 0
		for time.Since(start) < limit {
			for i := 0; i < 50; i++ {
				run()
			}
			done += 50
		}
		return float64(done) / time.Since(start).Seconds()
	}
	limit := time.Duration(ms) * time.Millisecond
	measure(limit / 3)
	fmt.Println(measure(limit))
}
