package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Effective returns the configuration as it counts, defaults included and
// secrets left out, as indented JSON with sorted keys, and the lower-case hex
// SHA-256 of it. Lists whose order says nothing are sorted, so that the hash
// changes only when the meaning may. It names people in clear.
func (c *Config) Effective() ([]byte, string) {
	tree, _ := tree(reflect.ValueOf(*c)).(map[string]any)
	if store := redactURL(c.Store.URL); store != "" {
		tree["store"] = map[string]any{"url": store}
	}
	data, err := json.MarshalIndent(tree, "", "  ")
	if err != nil { // maps, lists and plain values only
		panic(fmt.Sprintf("config: encode the effective configuration: %v", err))
	}
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:])
}

// redactURL keeps of a store's address what tells one store from another.
func redactURL(s string) string {
	if file, ok := strings.CutPrefix(s, "sqlite:"); ok {
		file, _, _ = strings.Cut(file, "?")
		return "sqlite:" + file
	}
	parsed, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: parsed.Scheme, Host: parsed.Host, Path: parsed.Path}).String()
}

// tree turns a value into what JSON holds; nil stands for nothing to show.
func tree(v reflect.Value) any {
	if text, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Slice {
		if v.IsZero() {
			return nil
		}
		return text.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return tree(v.Elem())
	case reflect.Struct:
		return branch(v)
	case reflect.Slice:
		return list(v)
	case reflect.String:
		if v.Len() == 0 {
			return nil
		}
		return v.String()
	}
	return v.Interface()
}

func branch(v reflect.Value) any {
	fields := map[string]any{}
	for i := range v.NumField() {
		o := fieldOptions(v.Type().Field(i))
		if o.name == "" || o.secret {
			continue
		}
		if value := tree(v.Field(i)); value != nil {
			fields[o.name] = value
		}
	}
	return fields
}

func list(v reflect.Value) any {
	if v.Len() == 0 {
		return nil
	}
	items := make([]any, v.Len())
	for i := range items {
		items[i] = tree(v.Index(i))
	}
	ordered := v.Type().Elem() == reflect.TypeFor[Level]() || v.Type().Elem() == reflect.TypeFor[Duration]()
	if !ordered {
		slices.SortStableFunc(items, func(a, b any) int { return strings.Compare(keyOf(a), keyOf(b)) })
	}
	return items
}

// keyOf is what an element of a list is known by: its id, an auditor's address
// and period, app and level of a role's grant, or the value itself.
func keyOf(item any) string {
	fields, ok := item.(map[string]any)
	if !ok {
		return fmt.Sprint(item)
	}
	var parts []string
	for _, name := range []string{"id", "email", "app", "level", "from"} {
		if part, ok := fields[name].(string); ok {
			parts = append(parts, part)
			if name == "id" {
				break
			}
		}
	}
	return strings.Join(parts, "/")
}
