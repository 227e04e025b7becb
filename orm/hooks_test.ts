// Copyright 2026 the Gee authors. MIT license.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  bigint,
  BusyError,
  date,
  defineModel,
  Engine,
  type EngineOptions,
  type HookContext,
  type Hooks,
  integer,
  NotFoundError,
  on,
  relate,
  type Session,
  table,
  text,
  UniqueError,
} from "./mod.ts";
import { sqlite } from "./sqlite.ts";
import { onEveryDriver } from "./testdata/drivers.ts";

const users = table("users", {
  id: integer().primaryKey(),
  name: text().unique(),
  age: integer().default(0),
});
const audit = table("audit", {
  id: integer().primaryKey(),
  what: text(),
  deletedAt: date().softDelete(),
});

/** A test on every driver, with the engine's hooks. */
function hooked(
  name: string,
  hooks: NonNullable<EngineOptions["hooks"]>,
  test: (session: Session, engine: Engine) => Promise<void>,
): void {
  onEveryDriver(name, async (engine) => {
    const session = engine.session();
    await session.createTable(users);
    await session.createTable(audit);
    calls.length = 0;
    await test(session, engine);
  }, { engine: { hooks } });
}

const calls: string[] = [];
const told = (...values: unknown[]) => {
  calls.push(JSON.stringify(values).slice(1, -1));
};
const taken = () => calls.splice(0);

const recorder: Hooks<typeof users.columns> = {
  beforeQuery: () => told("beforeQuery"),
  afterQuery: (rows) => told("afterQuery", rows.map(({ name }) => name)),
  beforeInsert: (rows) => told("beforeInsert", rows),
  afterInsert: (rows, { affected }) => told("afterInsert", rows, affected),
  beforeUpdate: (changes) => told("beforeUpdate", changes),
  afterUpdate: (changes, { affected }) =>
    told("afterUpdate", changes, affected),
  beforeDelete: async ({ rows }) => told("beforeDelete", await rows.count()),
  afterDelete: (rows, { affected }) => told("afterDelete", rows, affected),
};

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
  "hooks of queries get the rows of every way to read",
  [on(users, recorder)],
  async (session) => {
    await session.insert(users, { name: "Tom" }, { name: "Sam" });
    const model = session.model(users).orderBy("id");
    taken();
    await model.find();
    await model.first();
    await model.where({ id: 9 }).first();
    await model.select("name").one();
    assertEquals(await model.count(), 2);
    assertEquals(await model.exists(), true);
    for await (const _ of model.iterate()) told("row");
    await session.reload(users, { id: 2 });
    assertEquals(taken().map((call) => call.replace('Query"', "")), [
      '"before',
      '"after,["Tom","Sam"]',
      '"before',
      '"after,["Tom"]',
      '"before',
      '"after,[]',
      '"before',
      '"after,["Tom"]',
      '"before',
      '"before',
      '"before',
      '"after,["Tom"]',
      '"row"',
      '"after,["Sam"]',
      '"row"',
      '"before',
      '"after,["Sam"]',
    ]);
  },
);

hooked(
  "afterQuery() changes rows, of relations too",
  [on(users, {
    afterQuery(rows) {
      for (const row of rows) if (row.name !== undefined) row.name = "***";
    },
  })],
  async (session) => {
    const pets = table("pets", {
      id: integer().primaryKey(),
      owner: integer(),
    });
    await session.createTable(pets);
    await session.insert(users, { name: "Tom" });
    await session.insert(pets, { owner: 1 }, { owner: 1 });
    assertEquals((await session.model(users).one()).name, "***");
    const owner = relate(pets).belongsTo(users, "owner");
    const found = await session.model(pets).with("by", owner).find();
    assertEquals(found.map(({ by }) => by?.name), ["***", "***"]);
    for await (const row of session.model(users).iterate()) {
      assertEquals(row.name, "***");
    }
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

hooked(
  "save() and reload() call hooks",
  [on(users, recorder)],
  async (session) => {
    taken();
    const saved = await session.save(users, { name: "Tom" });
    await session.save(users, { ...saved, age: 4 });
    assertEquals(taken().map((call) => call.split(",")[0]), [
      '"beforeInsert"',
      '"afterInsert"',
      '"beforeUpdate"',
      '"afterUpdate"',
    ]);
    await assertRejects(() => session.reload(users, { id: 4 }), NotFoundError);
  },
);

const signals: (AbortSignal | undefined)[] = [];
const keep = ({ signal }: HookContext) => signals.push(signal);

hooked(
  "iterate() hands its signal to hooks",
  [{ beforeQuery: keep, afterQuery: (_, context) => keep(context) }],
  async (session) => {
    signals.length = 0;
    await session.insert(users, { name: "Tom" });
    const { signal } = new AbortController();
    for await (const _ of session.model(users).iterate({ signal })) told("row");
    await session.model(users).find();
    assertEquals(signals, [signal, signal, undefined, undefined]);
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
