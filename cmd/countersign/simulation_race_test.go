//go:build race

package main

// raceDetector says that everything takes about ten times as long.
const raceDetector = true
