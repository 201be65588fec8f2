package fakeslack

// maxBulk is how much text the blocks of a message may have in all. Slack
// documents no such limit; this is where it was seen to begin. An answer by
// response URL was seen to have none.
const maxBulk = 13_200

// bulk is the number of characters of text in blocks, wherever it stands.
func bulk(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += bulk(e)
		}
	case object:
		for name, e := range v {
			if text, ok := e.(string); ok && name == "text" {
				n += runes(text)
			} else {
				n += bulk(e)
			}
		}
	}
	return n
}

// readMessage is readContent for the methods that post and change messages.
func readMessage(args object, most int) (*message, *apiError) {
	m, bad := readContent(args, most)
	if bad == nil && bulk(m.blocks) > maxBulk {
		return nil, fail("msg_blocks_too_long")
	}
	return m, bad
}
