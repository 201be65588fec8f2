//go:build !unix

package store

import (
	"fmt"
	"os"
)

// fileLock is held by one process at a time.
type fileLock struct{ path string }

// lockFile takes the lock by creating its file. Where the system cannot drop the
// lock of a process that died, the file has to be removed by hand.
func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s (remove it if no other process uses this database): %w", path, err)
	}
	return &fileLock{path}, f.Close()
}

func (l *fileLock) release() error { return os.Remove(l.path) }
