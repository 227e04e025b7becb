// Copyright 2026 the Gee authors. MIT license.
// Tables that belong together: rows with their related rows, each relation one
// query however many rows there are; joins and groups.
//
//   deno run examples/orm_relations.ts
import {
  count,
  Engine,
  integer,
  relate,
  sql,
  table,
  text,
} from "../orm/mod.ts";
import { sqlite } from "../orm/sqlite.ts";

const artists = table("artists", { id: integer().primaryKey(), name: text() });
const albums = table("albums", {
  id: integer().primaryKey(),
  artistId: integer().references(() => artists, { onDelete: "cascade" }),
  title: text(),
  year: integer(),
});
const genres = table("genres", { id: integer().primaryKey(), genre: text() });
const albumGenres = table("album_genres", {
  albumId: integer().references(() => albums, { onDelete: "cascade" }),
  genreId: integer().references(() => genres),
}, { primaryKey: ["albumId", "genreId"] });

// Relations are values: the tables know nothing of them.
const artistAlbums = relate(artists).hasMany(albums, "artistId");
const [from, to] = ["albumId", "genreId"] as const;
const styles = relate(albums)
  .manyToMany(genres, { through: albumGenres, from, to });

let queries = 0;
await using engine = await Engine.open(sqlite(), { onQuery: () => queries++ });
const session = engine.session();
await engine.migrate(artists, albums, genres, albumGenres);
await session.insert(artists, { name: "Can" }, { name: "Neu!" });
await session.insert(
  albums,
  { artistId: 1, title: "Tago Mago", year: 1971 },
  { artistId: 1, title: "Ege Bamyasi", year: 1972 },
  { artistId: 2, title: "Neu! 75", year: 1975 },
);
await session.insert(genres, { genre: "krautrock" }, { genre: "ambient" });
for (const [albumId, genreId] of [[1, 1], [2, 1], [3, 1], [3, 2]] as const) {
  await session.insert(albumGenres, { albumId, genreId });
}

queries = 0;
const all = await session.model(artists).orderBy("name")
  .with("albums", artistAlbums, (albums) => albums.with("styles", styles))
  .find();
for (const { name, albums } of all) {
  for (const { title, styles } of albums) {
    const list = styles.map(({ genre }) => genre).join(" and ");
    console.log(`${name}, ${title}: ${list}`);
  }
}
console.log(`Read by ${queries} queries`);

// A limit in a relation counts for each row by itself.
const latests = await session.model(artists).select("name")
  .with("albums", artistAlbums, (albums) => albums.orderBy("-year").limit(1))
  .find();
for (const { name, albums: [latest] } of latests) {
  console.log(`The latest of ${name} is ${latest?.title}`);
}

const busy = await session.model(artists).join("albums", artistAlbums)
  .groupBy("id").having((_, { albums }) => sql`${count(albums.id)} > ${1}`)
  .select(({ name }, { albums }) => ({ name, albums: count(albums.id) }))
  .find();
console.log("More than one album:", busy);
