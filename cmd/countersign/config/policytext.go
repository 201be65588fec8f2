package config

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed policies/*.md
var policyTexts embed.FS

// builtIn returns the text that comes with the product for a policy, or nothing.
func builtIn(id string) string {
	text, err := policyTexts.ReadFile("policies/" + id + ".md")
	if err != nil {
		return ""
	}
	return string(text)
}

// The length of a policy's text in characters. The most leaves room for the card
// around it: Slack was seen to refuse messages of more than some 11,000
// (https://github.com/slackapi/bolt-js/issues/2867).
const shortestPolicy, longestPolicy = 20, 10_000

// ReadPolicies reads the files that replace built-in policies, with readFile
// such as os.ReadFile, and reports those that cannot be read or hold no text to
// accept; each such problem is fatal. Texts are taken byte by byte, so that
// TextHash is the hash of the file.
func (c *Config) ReadPolicies(readFile func(name string) ([]byte, error)) Problems {
	var problems Problems
	for i := range c.Policies {
		p := &c.Policies[i]
		if p.File == "" {
			continue
		}
		text, err := readFile(p.File)
		if err == nil {
			err = acceptable(string(text))
		}
		if err != nil {
			problems = append(problems, c.Problem(fmt.Sprintf("policies[%d].file", i), true, "%v", plainError(err)))
			continue
		}
		p.setText(string(text))
	}
	return problems
}

func (p *PolicyText) setText(text string) {
	if text == "" {
		return
	}
	sum := sha256.Sum256([]byte(text))
	p.Text, p.TextHash = text, hex.EncodeToString(sum[:])
}

// acceptable says what keeps a text from being one that people can accept.
func acceptable(text string) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case !utf8.ValidString(text):
		return errors.New("is no text in UTF-8")
	case n < shortestPolicy:
		return fmt.Errorf("has %d characters; a policy has at least %d", n, shortestPolicy)
	case utf8.RuneCountInString(text) > longestPolicy:
		return fmt.Errorf("has %d characters; at most %d can be shown in Slack", utf8.RuneCountInString(text), longestPolicy)
	}
	control := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) }
	if i := strings.IndexFunc(text, control); i >= 0 {
		return fmt.Errorf("has a control character on line %d", 1+strings.Count(text[:i], "\n"))
	}
	return nil
}

// plainError leaves the name of the file out of a failed read: the configuration
// may have it from the environment.
func plainError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such file")
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}
