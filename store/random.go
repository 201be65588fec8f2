package store

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"sync"
	"time"
)

// shared is a random source that several goroutines read from.
type shared struct {
	mu   sync.Mutex
	from io.Reader
}

// source returns what randomness is read from, the system's where none is given.
func source(given io.Reader) io.Reader {
	if given == nil {
		return rand.Reader
	}
	return &shared{from: given}
}

// Read fills b.
func (s *shared) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return io.ReadFull(s.from, b)
}

// spread lengthens a pause by up to a quarter, so that what failed together does
// not come again together. Without randomness nothing is added.
func spread(random io.Reader, pause time.Duration) time.Duration {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return pause
	}
	return pause + time.Duration(binary.BigEndian.Uint64(b[:])%uint64(pause/4+1))
}
