// Runs statements in a D1 database. `?1` in a query is the first of the values.

/** A query and its values. */
export type Statement = readonly [query: string, ...values: unknown[]]

export async function list<Row>(db: D1Database, ...statement: Statement): Promise<Row[]> {
  return (await bind(db, statement).all<Row>()).results
}

/** The first row, or null. */
export function first<Row>(db: D1Database, ...statement: Statement): Promise<Row | null> {
  return bind(db, statement).first<Row>()
}

/** The first column of every row. */
export async function column<Value>(db: D1Database, ...statement: Statement): Promise<Value[]> {
  const rows = await bind(db, statement).raw<[Value]>()
  return rows.map(([value]) => value)
}

/** The first column of the first row, or null. */
export async function value<Value>(db: D1Database, ...statement: Statement): Promise<Value | null> {
  return (await column<Value>(db, ...statement))[0] ?? null
}

/** @returns how many rows the statement changed */
export async function run(db: D1Database, ...statement: Statement): Promise<number> {
  return (await bind(db, statement).run()).meta.changes
}

/** The result of each statement, by the types of their rows. */
type Results<Rows extends readonly unknown[]> = { [Index in keyof Rows]: D1Result<Rows[Index]> }

/** Runs all of the statements in one transaction, or none. One trip. */
export function batch<Rows extends readonly unknown[]>(db: D1Database, statements: readonly Statement[]) {
  return db.batch(statements.map((statement) => bind(db, statement))) as Promise<Results<Rows>>
}

function bind(db: D1Database, [query, ...values]: Statement): D1PreparedStatement {
  const statement = db.prepare(query)
  return values.length === 0 ? statement : statement.bind(...values)
}
