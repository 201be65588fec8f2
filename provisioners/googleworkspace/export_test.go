package googleworkspace

// Clients counts the clients that are kept.
func Clients(w *Workspace) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.scoped)
}
