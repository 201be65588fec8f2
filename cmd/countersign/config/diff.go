package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const nothing = "(none)"

// Diff says line by line what changed between two results of
// [Config.Effective], sorted by place: "apps[github].levels[admin].durations:
// 8h, 1d → 8h". What is new or gone has "(none)" on the other side. An empty
// old makes everything new; input that is no JSON counts as empty.
func Diff(old, new []byte) []string {
	before, after := flatten(old), flatten(new)
	paths := make([]string, 0, len(before)+len(after))
	for path := range before {
		paths = append(paths, path)
	}
	for path := range after {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var lines []string
	for _, path := range slices.Compact(paths) {
		from, to := orElse(before[path], nothing), orElse(after[path], nothing)
		if from != to {
			lines = append(lines, escape(path+": "+from+" → "+to))
		}
	}
	return lines
}

// flatten maps each place to its value, a list of plain values being one value.
func flatten(data []byte) map[string]string {
	flat := map[string]string{}
	var root any
	if json.Unmarshal(data, &root) == nil && root != nil {
		flattenInto(flat, "", root)
	}
	return flat
}

func flattenInto(flat map[string]string, path string, node any) {
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			flattenInto(flat, join(path, key), value)
		}
	case []any:
		flattenList(flat, path, n)
	default:
		flat[path] = fmt.Sprint(n)
	}
}

func flattenList(flat map[string]string, path string, items []any) {
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = keyOf(item)
		if fields, ok := item.(map[string]any); ok {
			flattenInto(flat, path+"["+keys[i]+"]", fields)
		}
	}
	plain := len(items) > 0 && keys[0] == fmt.Sprint(items[0])
	if plain || strings.HasSuffix(path, ".levels") { // the order of levels says which is lower
		flat[path] = strings.Join(keys, ", ")
	}
}
