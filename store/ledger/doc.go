// Package ledger is the mathematics and the key of the tamper-evident log:
// bytes in, hashes, proofs and signatures out. It knows no SQL and no event.
//
// The log is the Merkle tree of RFC 6962 over the exact bytes of each record.
// Its size and root are signed as a C2SP checkpoint (c2sp.org/tlog-checkpoint),
// and any bytes can be signed a second way, as an SSH signature, so that stock
// ssh-keygen can check them. Personal values stand in a record only as salted
// commitments, which still hold after value and salt have been erased.
//
// What the mathematics cannot do: whoever holds both the records and the key
// can write another history and sign it. Only a checkpoint that somebody else
// already keeps shows that, through CheckTree or by computing Root at the kept
// checkpoint's size.
package ledger
