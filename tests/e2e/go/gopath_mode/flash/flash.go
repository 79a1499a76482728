// Package flash knows the rhythm of lights.
package flash

// Rhythm gives the pattern of a light.
func Rhythm(name string) string { return name + ": Fl(2) 10s" }
