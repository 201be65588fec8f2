package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Limits for texts that others wrote. A path in a tree of MaxSize records has 53
// hashes; a checkpoint of ours has about 250 bytes, and room is left for
// witnesses' signatures.
const (
	maxProofHashes    = 53
	maxCheckpointText = 64 << 10
	maxProofText      = maxCheckpointText + 16<<10
)

const proofHeader = "c2sp.org/tlog-proof@v1"

// Proof is what a .tlog-proof file holds, before anything in it was checked.
type Proof struct {
	Index      int64       // the record's, counted from 0
	Hashes     RecordProof // from the leaf's sibling up
	Checkpoint []byte      // the signed note, byte for byte
	Extra      []byte      // the optional extra data, authenticated by nothing; nil if absent
}

// MarshalProof writes the C2SP text form of a proof that a record is in the tree
// of a signed checkpoint (c2sp.org/tlog-proof), without extra data. Its customary
// file extension is .tlog-proof.
func MarshalProof(index int64, hashes RecordProof, checkpoint []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHeader, index)
	for _, h := range hashes {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteByte('\n')
	b.Write(checkpoint)
	return b.Bytes()
}

// ParseProof reads a proof as MarshalProof writes it, or one with extra data. It
// checks the form only: CheckProof says whether the proof holds.
func ParseProof(text []byte) (Proof, error) {
	if len(text) > maxProofText {
		return Proof{}, fmt.Errorf("proof has %d bytes, the limit is %d", len(text), maxProofText)
	}
	head, checkpoint, ok := strings.Cut(string(text), "\n\n")
	if !ok {
		return Proof{}, errors.New("proof has no empty line before its checkpoint")
	}
	lines := strings.Split(head, "\n")
	if lines[0] != proofHeader {
		return Proof{}, fmt.Errorf("first line of proof is %q, want %q", clip(lines[0]), proofHeader)
	}
	lines = lines[1:]
	p := Proof{Checkpoint: []byte(checkpoint)}
	if len(lines) > 0 {
		if extra, ok := strings.CutPrefix(lines[0], "extra "); ok {
			raw, err := decodeBase64(extra)
			if err != nil {
				return Proof{}, fmt.Errorf("extra data of proof: %w", err)
			}
			p.Extra = raw
			lines = lines[1:]
		}
	}
	if len(lines) == 0 {
		return Proof{}, errors.New("proof has no index")
	}
	digits, ok := strings.CutPrefix(lines[0], "index ")
	if !ok {
		return Proof{}, fmt.Errorf("line %q of proof, want the index", clip(lines[0]))
	}
	var err error
	if p.Index, err = parseSize(digits); err != nil {
		return Proof{}, fmt.Errorf("index of proof: %w", err)
	}
	if p.Hashes, err = parseHashes(lines[1:]); err != nil {
		return Proof{}, err
	}
	return p, nil
}

// CheckProof checks a whole .tlog-proof for a record's body: that v signed the
// checkpoint and that the record is in its tree. It returns the checkpoint, whose
// Origin the caller compares with the log it expected.
func CheckProof(text, body []byte, v Verifier) (Checkpoint, error) {
	p, err := ParseProof(text)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := VerifyCheckpoint(p.Checkpoint, v)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := CheckRecord(p.Hashes, c.Size, c.Root, p.Index, LeafHash(body)); err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

func parseHashes(lines []string) (RecordProof, error) {
	if len(lines) > maxProofHashes {
		return nil, fmt.Errorf("proof has %d hashes, the limit is %d", len(lines), maxProofHashes)
	}
	hashes := make(RecordProof, len(lines))
	for i, line := range lines {
		h, err := parseHash(line)
		if err != nil {
			return nil, fmt.Errorf("hash %d of proof: %w", i, err)
		}
		hashes[i] = h
	}
	return hashes, nil
}
