package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Problem is one mistake in a configuration file.
type Problem struct {
	// File is the name the file was given by.
	File string
	// Line and Column count from 1, Column in characters; both are 0 where
	// the file as a whole is meant.
	Line, Column int
	// Path names the place in the tree, such as apps[3].levels[0].provision; empty for the whole file.
	Path string
	// Message says what is wrong and, where it can, what would be right. It
	// never holds a secret or the value of an environment variable.
	Message string
	// Fatal is false for what works but is likely a mistake.
	Fatal bool
}

// String gives "config.yaml:12:9: apps[3].levels[0].provision: message" on one
// line, control and invisible characters escaped.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	s += ": "
	if p.Path != "" {
		s += p.Path + ": "
	}
	if !p.Fatal {
		s += "warning: "
	}
	return escape(s + p.Message)
}

// Problems is what Parse found, in the order of the file.
type Problems []Problem

// Fatal reports whether any of them keeps the configuration from being used.
func (p Problems) Fatal() bool {
	return slices.ContainsFunc(p, func(p Problem) bool { return p.Fatal })
}

// String gives one line for each problem, each ended by a newline.
func (p Problems) String() string {
	var b strings.Builder
	for _, problem := range p {
		b.WriteString(problem.String() + "\n")
	}
	return b.String()
}

func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}

type position struct{ line, column int }

// nearest finds the position of path or of the closest part above it.
func nearest(positions map[string]position, path string) position {
	for path != "" {
		if at, ok := positions[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return position{1, 1}
}

// escape makes s safe to print on one line of a terminal.
func escape(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if !unprintable(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

func unprintable(r rune) bool {
	return r == unicode.ReplacementChar || !unicode.IsPrint(r)
}
