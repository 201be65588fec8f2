package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// oursOrEmpty refuses the database of another program: a wrong path must not put
// our tables beside theirs.
func oursOrEmpty(ctx context.Context, db *sql.DB) error {
	var tables, ours int
	err := db.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name = 'goose_db_version'), 0) FROM sqlite_master WHERE type = 'table'`).Scan(&tables, &ours)
	if err != nil {
		return fmt.Errorf("look at the tables: %w", err)
	}
	if tables > 0 && ours == 0 {
		return errors.New("this is the database of another program; give store.url a file of its own")
	}
	return nil
}

// migrate brings the tables to the newest version. A database of a newer version
// than this program knows is refused.
func migrate(ctx context.Context, db *sql.DB) error {
	if err := oursOrEmpty(ctx, db); err != nil {
		return err
	}
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, sub)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read version of the tables: %w", err)
	}
	if have > want {
		return fmt.Errorf("the database is of version %d, this program knows %d: use the newer program", have, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
