package web

import "strings"

// emoji are the names an app like this one uses; others stay as text.
var emoji = map[string]string{
	"+1": "👍", "-1": "👎", "thumbsup": "👍", "alarm_clock": "⏰", "arrow_right": "➡️",
	"arrows_counterclockwise": "🔄", "bell": "🔔", "black_square_button": "🔲", "blue_book": "📘",
	"book": "📖", "books": "📚", "bulb": "💡", "bust_in_silhouette": "👤", "busts_in_silhouette": "👥",
	"calendar": "📆", "card_index_dividers": "🗂️", "chart_with_upwards_trend": "📈", "checkered_flag": "🏁",
	"clipboard": "📋", "clock1": "🕐", "clock3": "🕒", "closed_lock_with_key": "🔐", "construction": "🚧",
	"department_store": "🏬", "email": "✉️", "envelope": "✉️", "exclamation": "❗", "eyes": "👀",
	"file_folder": "📁", "fire": "🔥", "gear": "⚙️", "grey_question": "❔", "handshake": "🤝",
	"heavy_check_mark": "✔️", "heavy_minus_sign": "➖", "heavy_plus_sign": "➕", "hourglass": "⌛",
	"hourglass_flowing_sand": "⏳", "inbox_tray": "📥", "information_source": "ℹ️", "key": "🔑",
	"large_blue_circle": "🔵", "large_green_circle": "🟢", "large_orange_circle": "🟠",
	"large_red_circle": "🔴", "large_yellow_circle": "🟡", "link": "🔗", "lock": "🔒",
	"lock_with_ink_pen": "🔏", "mag": "🔍", "mega": "📣", "memo": "📝", "no_entry": "⛔",
	"no_entry_sign": "🚫", "office": "🏢", "outbox_tray": "📤", "package": "📦", "page_facing_up": "📄",
	"paperclip": "📎", "pencil": "📝", "pencil2": "✏️", "point_right": "👉", "pushpin": "📌",
	"question": "❓", "raised_hand": "✋", "rocket": "🚀", "rotating_light": "🚨", "scroll": "📜",
	"seedling": "🌱", "shield": "🛡️", "slightly_smiling_face": "🙂", "smile": "😄", "sparkles": "✨",
	"speech_balloon": "💬", "star": "⭐", "stopwatch": "⏱️", "tada": "🎉", "ticket": "🎫",
	"unlock": "🔓", "warning": "⚠️", "wastebasket": "🗑️", "wave": "👋", "white_check_mark": "✅",
	"white_circle": "⚪", "wrench": "🔧", "x": "❌", "zap": "⚡",
}

// emojiAt returns the picture for the :name: that src starts with and the
// name's length with its colons, or 0.
func emojiAt(src string) (string, int) {
	if len(src) < 3 || src[0] != ':' {
		return "", 0
	}
	end := strings.IndexByte(src[1:], ':')
	if end < 1 {
		return "", 0
	}
	picture, ok := emoji[src[1:1+end]]
	if !ok {
		return "", 0
	}
	return picture, end + 2
}

// glyphs replaces emoji names and entities in a text that the templates escape.
func glyphs(src string) string {
	var b strings.Builder
	for i := 0; i < len(src); {
		if picture, n := emojiAt(src[i:]); n > 0 {
			b.WriteString(picture)
			i += n
			continue
		}
		b.WriteByte(src[i])
		i++
	}
	return unescape(b.String())
}
