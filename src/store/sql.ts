// Runs statements in a D1 database. `?1` in a query is the first of the values.

/** A query and its values. */
export type Statement = readonly [query: string, ...values: unknown[]]

/** The result of each statement, by the types of their rows. */
type Results<Rows extends readonly unknown[]> = { [Index in keyof Rows]: D1Result<Rows[Index]> }

/** Runs all of the statements in one transaction, or none. One trip. */
export function batch<Rows extends readonly unknown[]>(db: D1Database, statements: readonly Statement[]) {
  const bound = statements.map(([query, ...values]) => db.prepare(query).bind(...values))
  return db.batch(bound) as Promise<Results<Rows>>
}

export async function list<Row>(db: D1Database, ...statement: Statement): Promise<Row[]> {
  const [{ results }] = await batch<[Row]>(db, [statement])
  return results
}

/** The first row, or null. */
export async function first<Row>(db: D1Database, ...statement: Statement): Promise<Row | null> {
  return (await list<Row>(db, ...statement))[0] ?? null
}

/** The first column of every row. */
export async function column<Value>(db: D1Database, ...statement: Statement): Promise<Value[]> {
  const rows = await list<Record<string, Value>>(db, ...statement)
  return rows.map((row) => Object.values(row)[0] as Value)
}

/** The first column of the first row, or null. */
export async function value<Value>(db: D1Database, ...statement: Statement): Promise<Value | null> {
  return (await column<Value>(db, ...statement))[0] ?? null
}

/** @returns how many rows the statement changed */
export async function run(db: D1Database, ...statement: Statement): Promise<number> {
  const [{ meta }] = await batch<[unknown]>(db, [statement])
  return meta.changes
}
