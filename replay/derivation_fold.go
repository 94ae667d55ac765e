package replay

// Fold leaves out of every node the terms behind the first most ones, and says how many it left out. What they come to stays.
func (n *Node) Fold(most int) {
	var kept []Node
	terms := 0
	for i := range n.Children {
		c := &n.Children[i]
		if c.As == Term || c.As == LeftOut {
			if terms++; terms > most {
				n.Folded++
				continue
			}
		}
		c.Fold(most)
		kept = append(kept, *c)
	}
	n.Children = kept
}
