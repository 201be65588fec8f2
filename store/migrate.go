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

func migrateSQLite(ctx context.Context, db *sql.DB) error {
	return migrate(ctx, db, goose.DialectSQLite3, "migrations/sqlite", `SELECT count(*), coalesce(sum(name = 'goose_db_version'), 0)
		FROM sqlite_master WHERE type = 'table'`)
}

// migrate brings our tables to the newest version. A database of a newer version
// than this program knows is refused. So is that of another program: a wrong
// address must not put our tables beside theirs. The query counts all tables and
// the one that ours always has.
func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, dir, tables string) error {
	var all, ours int
	if err := db.QueryRowContext(ctx, tables).Scan(&all, &ours); err != nil {
		return fmt.Errorf("look at the tables: %w", err)
	}
	if all > 0 && ours == 0 {
		return errors.New("this is the database of another program; give store.url one of its own")
	}
	sub, err := fs.Sub(migrations, dir)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, db, sub)
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
