// Copyright 2026 the Gee authors. MIT license.

/** A class with a field, a getter and a method, of which templates see two. */
export class Person {
  age = 20;
  #name = "Tom";
  get name() {
    return this.#name;
  }
  greet() {
    return "hi";
  }
}
