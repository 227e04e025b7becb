// Copyright 2026 the Gee authors. MIT license.

// Reads gobs of Everything from its input and writes them anew, as Go does.
package main

import (
	"bufio"
	"encoding/gob"
	"io"
	"log"
	"math/big"
	"os"
	"time"
)

type Point struct{ X, Y int }

type Everything struct {
	Bool     bool
	Int      int
	Int8     int8
	Int64    int64
	Uint     uint
	Uint64   uint64
	Float    float64
	Float32  float32
	Complex  complex128
	String   string
	Bytes    []byte
	Point    Point
	Pointer  *Point
	Points   []Point
	Array    [2]string
	Map      map[string][]int
	Any      interface{}
	List     []interface{}
	Time     time.Time
	Big      *big.Int
	Children []*Everything
}

func main() {
	gob.Register(Point{})
	out := bufio.NewWriter(os.Stdout)
	decoder := gob.NewDecoder(bufio.NewReader(os.Stdin))
	encoder := gob.NewEncoder(out)
	for {
		var value Everything
		err := decoder.Decode(&value)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		if err := encoder.Encode(value); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
