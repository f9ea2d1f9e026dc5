// Runs one statement in a D1 database. `?1` in a query is the first of the values.

export async function list<Row>(db: D1Database, query: string, ...values: unknown[]): Promise<Row[]> {
  return (await bind(db, query, values).all<Row>()).results
}

/** The first row, or null. */
export function first<Row>(db: D1Database, query: string, ...values: unknown[]): Promise<Row | null> {
  return bind(db, query, values).first<Row>()
}

/** The first column of every row. */
export async function column<Value>(db: D1Database, query: string, ...values: unknown[]): Promise<Value[]> {
  const rows = await bind(db, query, values).raw<[Value]>()
  return rows.map(([value]) => value)
}

/** The first column of the first row, or null. */
export async function value<Value>(db: D1Database, query: string, ...values: unknown[]): Promise<Value | null> {
  return (await column<Value>(db, query, ...values))[0] ?? null
}

/** @returns how many rows the statement changed */
export async function run(db: D1Database, query: string, ...values: unknown[]): Promise<number> {
  return (await bind(db, query, values).run()).meta.changes
}

function bind(db: D1Database, query: string, values: readonly unknown[]): D1PreparedStatement {
  const statement = db.prepare(query)
  return values.length === 0 ? statement : statement.bind(...values)
}
