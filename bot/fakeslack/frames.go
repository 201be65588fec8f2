package fakeslack

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
)

// framedConn notes of each incoming WebSocket message whether it came in one
// frame, which gorilla/websocket does not tell. Only the goroutine that reads
// the connection may use it.
type framedConn struct {
	net.Conn
	header []byte // of the frame that is arriving
	left   uint64 // bytes of its payload still to come
	split  bool   // the message that is arriving has several frames
	whole  []bool // complete messages not yet asked about, oldest first
}

func (c *framedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.scan(p[:n])
	return n, err
}

// scan follows the frames of RFC 6455, section 5.2.
func (c *framedConn) scan(p []byte) {
	for len(p) > 0 {
		if c.left > 0 {
			n := min(c.left, uint64(len(p)))
			c.left -= n
			p = p[n:]
			continue
		}
		c.header = append(c.header, p[0])
		p = p[1:]
		if len(c.header) == headerSize(c.header) {
			c.begin()
			c.header = c.header[:0]
		}
	}
}

// headerSize is how long a frame's header is, as far as its start tells.
func headerSize(h []byte) int {
	if len(h) < 2 {
		return 2
	}
	n := 2
	switch h[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	if h[1]&0x80 != 0 {
		n += 4 // the mask
	}
	return n
}

func (c *framedConn) begin() {
	const continuation, firstControl = 0, 8
	h := c.header
	switch n := h[1] & 0x7f; n {
	case 126:
		c.left = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		c.left = binary.BigEndian.Uint64(h[2:])
	default:
		c.left = uint64(n)
	}
	final, opcode := h[0]&0x80 != 0, h[0]&0x0f
	if opcode >= firstControl {
		return
	}
	c.split = opcode == continuation || !final
	if final {
		c.whole = append(c.whole, !c.split)
	}
}

// nextWhole reports whether the oldest complete message came in one frame, and
// forgets it.
func (c *framedConn) nextWhole() bool {
	if len(c.whole) == 0 {
		return false
	}
	whole := c.whole[0]
	c.whole = c.whole[1:]
	return whole
}

// framedWriter hands the connection to the upgrader as a framedConn.
type framedWriter struct {
	http.ResponseWriter
	conn *framedConn
}

func (w *framedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.conn = &framedConn{Conn: conn}
	return w.conn, buffers, nil
}
