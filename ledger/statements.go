package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"

	sqlitedriver "modernc.org/sqlite"
)

// openSQLite opens a database whose connections keep the statements that they
// have prepared: a third of the time that a letter takes would go into parsing
// the same texts.
// Its transactions start with begin.
func openSQLite(uri, begin string) (*sql.DB, error) {
	c, err := sqlitedriver.NewConnector(uri)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepingConnector{c, begin}), nil
}

type keepingConnector struct {
	driver.Connector
	begin string
}

func (k keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{sqliteConn: c.(sqliteConn), begin: k.begin, kept: map[string]*keptStmt{}}, nil
}

// sqliteConn is all that database/sql asks of a connection.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

// maxKept is how many statements a connection keeps: more than there are in
// this package whose text is always the same.
const maxKept = 256

type keepingConn struct {
	sqliteConn
	begin string
	kept  map[string]*keptStmt
}

type keptStmt struct {
	driver.Stmt
	busy bool // its rows are being read
}

// statement returns a kept statement that nobody uses at this moment, or nil.
func (c *keepingConn) statement(ctx context.Context, query string) (*keptStmt, error) {
	if s := c.kept[query]; s != nil {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if len(c.kept) == maxKept {
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &keptStmt{Stmt: prepared}
	c.kept[query] = s
	return s, nil
}

// BeginTx keeps the statements that begin and end a transaction, too. A
// transaction that began although its context ended is ended here.
func (c *keepingConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.ReadOnly || o.Isolation != 0 {
		return c.sqliteConn.BeginTx(ctx, o)
	}
	if err := c.run(ctx, c.begin); err != nil {
		c.Rollback()
		return nil, err
	}
	return c, nil
}

// Commit implements driver.Tx. After an error the connection is in no transaction.
func (c *keepingConn) Commit() error {
	err := c.run(context.Background(), "COMMIT")
	if err != nil {
		c.Rollback()
	}
	return err
}

func (c *keepingConn) Rollback() error { return c.run(context.Background(), "ROLLBACK") }

func (c *keepingConn) run(ctx context.Context, query string) error {
	s, err := c.statement(ctx, query)
	if err == nil {
		_, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, nil)
	}
	return err
}

func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 { // a change of the tables, or several statements
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return keptRows{rows, s}, nil
}

func (c *keepingConn) Close() error {
	for _, s := range c.kept {
		s.Close()
	}
	return c.sqliteConn.Close()
}

type keptRows struct {
	driver.Rows
	s *keptStmt
}

func (r keptRows) Close() error {
	r.s.busy = false
	return r.Rows.Close()
}
