// Copyright 2026 the Gee authors. MIT license.
import { TemplateError, type TemplatePlace } from "./template_error.ts";

/** The text of one template file. Places are offsets until somebody asks. */
export class Source {
  readonly name: string;
  readonly text: string;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  place(offset: number): TemplatePlace {
    let line = 1;
    let start = 0;
    for (;;) {
      const end = this.text.indexOf("\n", start);
      if (end === -1 || end >= offset) break;
      line++;
      start = end + 1;
    }
    return { file: this.name, line, column: offset - start + 1 };
  }

  parseError(problem: string, offset: number): TemplateError {
    return new TemplateError(
      `Cannot parse template "${this.name}": ${problem}`,
      this.place(offset),
    );
  }

  /** An error while `page`, which may be another file, is rendered. */
  renderError(
    problem: string,
    place: { readonly page: string; readonly offset: number },
    options?: ErrorOptions,
  ): TemplateError {
    return new TemplateError(
      `Cannot render template "${place.page}": ${problem}`,
      this.place(place.offset),
      options,
    );
  }
}
