// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  bigint,
  BusyError,
  date,
  defineModel,
  Engine,
  expression,
  integer,
  on,
  type Session,
  sql,
  table,
  text,
  UniqueError,
} from "./mod.ts";
import { sqlite } from "./sqlite.ts";
import {
  audit,
  hooked,
  recorder,
  taken,
  told,
  users,
} from "./testdata/hooked.ts";

hooked(
  "hooks get the records or the change",
  [on(users, recorder)],
  async (session) => {
    taken();
    assertEquals(
      await session.insert(users, { name: "Tom" }, { name: "Sam" }),
      {
        affected: 2,
        lastId: 2,
      },
    );
    assertEquals(taken(), [
      '"beforeInsert",[{"name":"Tom"},{"name":"Sam"}]',
      '"afterInsert",[{"id":1,"name":"Tom","age":0},{"id":2,"name":"Sam","age":0}],2',
    ]);
    const model = session.model(users);
    assertEquals(await model.where({ id: 1 }).update({ age: 5 }), 1);
    assertEquals(taken(), [
      '"beforeUpdate",{"age":5}',
      '"afterUpdate",{"age":5},1',
    ]);
    assertEquals(await model.returning("age").upsert({ id: 1, name: "Tim" }), [
      { age: 5 },
    ]);
    assertEquals(taken(), [
      '"beforeInsert",[{"id":1,"name":"Tim"}]',
      '"afterInsert",[{"id":1,"name":"Tim","age":5}],1',
    ]);
    assertEquals(await model.where({ id: 1 }).returning("id").delete(), [
      { id: 1 },
    ]);
    assertEquals(taken(), [
      '"beforeDelete",1',
      '"afterDelete",[{"id":1,"name":"Tim","age":5}],1',
    ]);
    await session.insert(users);
    assertEquals(taken(), []);
  },
);

hooked(
  "a before-hook that throws aborts with its own error",
  [on(users, {
    async beforeInsert(_, { session }) {
      await session.insert(audit, { what: "insert" });
      throw new RangeError("no inserts");
    },
    beforeUpdate() {
      throw new RangeError("no updates");
    },
    beforeDelete: () => Promise.reject(new RangeError("no deletions")),
    beforeQuery() {
      throw new RangeError("no queries");
    },
  })],
  async (session, engine) => {
    await session.exec("INSERT INTO users (name) VALUES ('Tom')");
    const model = session.model(users).where({ id: 1 });
    for (
      const [call, message] of [
        [() => session.insert(users, { name: "x" }), "no inserts"],
        [() => session.upsert(users, { id: 1, name: "x" }), "no inserts"],
        [() => model.update({ name: "x" }), "no updates"],
        [() => model.delete(), "no deletions"],
        [() => model.hardDelete(), "no deletions"],
        [() => model.find(), "no queries"],
        [() => model.first(), "no queries"],
        [() => model.count(), "no queries"],
        [() => model.exists(), "no queries"],
        [() => model.iterate().next(), "no queries"],
      ] as const
    ) {
      await assertRejects(async () => void await call(), RangeError, message);
    }
    assertEquals(await session.raw("SELECT name FROM users"), [{
      name: "Tom",
    }]);
    assertEquals(await session.model(audit).count(), 0);
    // The transaction around it goes on.
    await engine.transaction(async (tx) => {
      await assertRejects(() => tx.insert(users, { name: "x" }), RangeError);
      await tx.insert(audit, { what: "kept" });
    });
    assertEquals(await session.model(audit).count(), 1);
  },
);

hooked(
  "an after-hook that throws undoes the statement and what hooks did",
  [on(users, {
    beforeInsert: async (_, { session }) =>
      void await session.insert(audit, { what: "before" }),
    afterInsert(rows) {
      if (rows.some(({ name }) => name === "bad")) {
        throw new RangeError("after");
      }
    },
    afterUpdate() {
      throw new RangeError("after");
    },
    afterDelete() {
      throw new RangeError("after");
    },
  })],
  async (session) => {
    const many = Array.from(
      { length: 250 },
      (_, index) => ({ name: `${index}` }),
    );
    await assertRejects(
      () => session.insert(users, ...many, { name: "bad" }),
      RangeError,
      "after",
    );
    assertEquals(await session.model(users).count(), 0);
    assertEquals(await session.model(audit).count(), 0);
    await session.insert(users, { name: "Tom" });
    const one = session.model(users).where({ id: 1 });
    await assertRejects(() => one.update({ age: 9 }), RangeError, "after");
    await assertRejects(() => one.delete(), RangeError, "after");
    assertEquals(await one.find(), [{ id: 1, name: "Tom", age: 0 }]);
    assertEquals(await session.model(audit).count(), 1);
    // A statement that fails takes what its hooks did along.
    await assertRejects(
      () => session.insert(users, { name: "Tom" }),
      UniqueError,
    );
    assertEquals(await session.model(audit).count(), 1);
  },
);

hooked(
  "hooks change copies, never what was given",
  [on(users, {
    beforeInsert(rows) {
      for (const row of rows) row.name = row.name.trim();
      rows.push({ name: "extra" });
    },
    beforeUpdate(changes) {
      changes.age = 77;
    },
  })],
  async (session) => {
    const row = Object.freeze({ name: " Tom " });
    const changes = Object.freeze({ name: "Tim" });
    assertEquals((await session.insert(users, row)).affected, 2);
    await session.model(users).where({ id: 1 }).update(changes);
    assertEquals([row, changes], [{ name: " Tom " }, { name: "Tim" }]);
    assertEquals(await session.model(users).orderBy("id").find(), [
      { id: 1, name: "Tim", age: 77 },
      { id: 2, name: "extra", age: 0 },
    ]);
    await assertRejects(
      () => session.insert(users, { name: " Tim ", agee: 1 } as never),
      TypeError,
      'did you mean "age"?',
    );
  },
);

hooked(
  "hooks that work on their own table call no hooks of it",
  [
    on(users, {
      async beforeInsert(rows, { session, table }) {
        told("users", rows.length);
        const { length } = await session.model(table).find();
        await session.insert(table, { name: `copy ${length}` });
        await session.transaction((tx) => tx.insert(audit, { what: "users" }));
      },
      afterQuery: async (_, { session }) => {
        await session.model(users).count();
        told("read");
      },
    }),
    on(audit, {
      async beforeInsert(_, { session }) {
        told("audit");
        await session.insert(users, { name: crypto.randomUUID() });
      },
    }),
  ],
  async (session, engine) => {
    taken();
    await session.insert(users, { name: "Tom" });
    await engine.transaction((tx) => tx.insert(users, { name: "Sam" }));
    assertEquals(taken(), ['"users",1', '"audit"', '"users",1', '"audit"']);
    assertEquals((await session.model(users).find()).length, 6);
    assertEquals(taken(), ['"read"']);
    await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) => session.insert(users, { name: `n${index}` }),
      ),
    );
    taken();
    assertEquals(await session.model(users).count(), 66);
  },
);

hooked(
  "the table's own hooks come first, then the engine's in their order",
  [
    {
      beforeInsert: (rows, { table }) => told("every", table.name, rows.length),
    },
    on(users, { beforeInsert: () => told("users") }),
    on(audit, { beforeInsert: () => told("audit") }),
  ],
  async (session) => {
    const own = table("own", { id: bigint().primaryKey(), name: text() }, {
      hooks: {
        beforeInsert(rows) {
          told("own");
          for (const row of rows) row.name = row.name.toUpperCase();
        },
      },
    });
    await session.createTable(own);
    taken();
    assertEquals(await session.insert(own, { name: "a" }), {
      affected: 1,
      lastId: 1n,
    });
    assertEquals(taken(), ['"own"', '"every","own",1']);
    await session.insert(users, { name: "a" });
    assertEquals(taken(), ['"every","users",1', '"users"']);
    assertEquals(await session.model(own).find(), [{ id: 1n, name: "A" }]);
  },
);

hooked(
  "hooks of models, of soft deletions and with their methods",
  [],
  async (session) => {
    class Note {
      static columns = {
        id: integer().primaryKey(),
        gone: date().softDelete(),
      };
      id = 0;
      text = "";
      gone: Date | null = null;
    }
    const seen: unknown[] = [];
    class Hook {
      readonly #prefix = "> ";
      beforeInsert(rows: { text?: string }[]) {
        for (const row of rows) row.text = this.#prefix + row.text;
      }
      async beforeDelete({ rows }: { rows: { find(): Promise<unknown[]> } }) {
        seen.push((await rows.find()).length);
      }
      afterDelete(rows: { gone: Date | null }[]) {
        seen.push(...rows.map(({ gone }) => gone instanceof Date));
      }
    }
    const notes = defineModel(Note, { hooks: new Hook() });
    await session.createTable(notes);
    await session.insert(notes, { text: "a" }, { text: "b" });
    const [first] = await session.model(notes).orderBy("id").find();
    assertEquals(first?.text, "> a");
    assertEquals(await session.model(notes).where({ id: 1 }).delete(), 1);
    assertEquals(seen, [1, true]);
  },
);

const stored: unknown[] = [];

hooked(
  "hooks get whole rows, whatever was asked to be returned",
  [{
    afterInsert: (rows) => stored.push(...rows),
    afterDelete: (rows) => stored.push(...rows),
  }],
  async (session) => {
    const mixed = table("mixed", {
      id: integer().primaryKey(),
      big: bigint(),
      at: date(),
      text: text().nullable(),
    });
    await session.createTable(mixed);
    const row = { id: 1, big: 2n ** 62n, at: new Date(7), text: null };
    const model = session.model(mixed);
    stored.length = 0;
    assertEquals(
      await model.returning((mixed) => ({
        next: expression<number>(sql`${mixed.id} + ${1}`),
        big: mixed.big,
      })).insert(row),
      [{ next: 2, big: 2n ** 62n }],
    );
    assertEquals(await model.onConflict("id", "ignore").insert(row), 0);
    assertEquals(await model.all().returning("at").delete(), [{ at: row.at }]);
    assertEquals(stored, [row, row]);
  },
);

Deno.test("a hook that waits for its own transaction is told so", async () => {
  const outside: Session[] = [];
  await using engine = await Engine.open(sqlite(), {
    busyTimeout: 20,
    hooks: [on(users, {
      beforeInsert: async () => void await outside[0]?.model(users).count(),
    })],
  });
  const session = engine.session();
  outside.push(session);
  await session.createTable(users);
  await assertRejects(
    () => session.insert(users, { name: "Tom" }),
    BusyError,
    "inside of it, use its own session",
  );
  assertEquals(await session.model(users).count(), 0);
});

Deno.test("unknown hooks are refused where they are given", async () => {
  const typo: object = { beforInsert() {} };
  assertThrows(
    () => on(users, typo),
    TypeError,
    'Cannot set hooks on "users": there is no hook "beforInsert" (did you mean "beforeInsert"?)',
  );
  assertThrows(
    () => table("t", { id: integer() }, { hooks: typo }),
    TypeError,
    'Cannot define table "t": there is no hook "beforInsert"',
  );
  for (
    const [hooks, reason] of [
      [[typo], 'there is no hook "beforInsert"'],
      [[{ beforeQuery: 1 }], '"beforeQuery" is 1, want a function'],
      [[null], "got null, want an object of hooks"],
      [{}, '"hooks" is an object, want an array'],
    ] as const
  ) {
    await assertRejects(
      () => Engine.open(sqlite(), { hooks: hooks as never }),
      TypeError,
      `Cannot open engine: ${reason}`,
    );
  }
});
