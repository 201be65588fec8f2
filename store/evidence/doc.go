// Package evidence makes the pack: the files that an auditor is given. It begins
// with listings as PDF. It decides nothing and reads no database; what it prints
// was put together by others.
//
// Every page says what it shows, of whom, from where and as of when. The same
// content at the same time gives the same bytes.
package evidence
