// Package words is vendored: it is nowhere to be downloaded.
package words

// Usage is what the program says when it is told nothing.
const Usage = "usage: knots KILOMETRES_PER_HOUR"
