package config

import (
	"slices"
	"strings"
)

// suggest ends a message about an unknown word with the known one it was most
// likely meant to be, or with all of them where there are few.
func suggest(word string, known []string) string {
	best, least := "", len(word)/3+2
	for _, candidate := range known {
		if distance := editDistance(strings.ToLower(word), candidate); distance < least {
			best, least = candidate, distance
		}
	}
	switch {
	case best != "":
		return `; did you mean "` + best + `"?`
	case len(known) > 0 && len(known) <= 14:
		return "; known here: " + strings.Join(slices.Compact(slices.Clone(known)), ", ")
	}
	return ""
}

// editDistance counts the letters to insert, drop or change to get from a to b.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			cost := 1
			if r == s {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
