package archive

import "slices"

// takeEdge gets the partial tiles of the right edge. They have nothing above them to be held to: together they must lead to
// the root.
func (r *remote) takeEdge() error {
	if r.at.Size == 0 {
		if r.at.Root != emptyRoot {
			return r.alarm(checkpointPath, 0, errWrongRoot, r.signed)
		}
		return nil
	}
	if !r.again && r.edgeFrom(r.ownTile) == nil && r.edgeHolds() {
		return r.stageEdge()
	}
	if err := r.edgeFrom(r.get); err != nil {
		return err
	}
	if !r.edgeHolds() {
		return r.blameEdge()
	}
	return r.stageEdge()
}

// ownTile is one of the copy's.
func (r *remote) ownTile(t tile) ([]byte, error) {
	file, err := readFile(nil, r.to.at(t.path()))
	if err != nil {
		file, err = readFile(nil, r.to.at(t.path())+tempSuffix)
	}
	return file, err
}

// hashTiles are the tiles of the edge that hold hashes.
func (r *remote) hashTiles() []tile {
	return slices.DeleteFunc(tilesAt(r.at.Size), func(t tile) bool { return t.level == entries })
}

func (r *remote) edgeFrom(get func(tile) ([]byte, error)) error {
	for _, t := range r.hashTiles() {
		file, err := get(t)
		if err != nil {
			return err
		}
		if r.edge[t.level], err = parseTile(file, t.width); err != nil {
			return r.alarm(t.path(), t.first()+1, err, file)
		}
	}
	return nil
}

// edgeHolds says whether the edge leads to the root. No other tile is looked at for that.
func (r *remote) edgeHolds() bool {
	tree := Tree{size: r.at.Size}
	for level, hashes := range r.edge {
		var part Tree
		for _, h := range hashes {
			part.Append(h)
		}
		if len(hashes) > 0 {
			copy(tree.last[level*tileHeight:], part.last[:tileHeight])
		}
	}
	return tree.Root() == r.at.Root
}

func (r *remote) stageEdge() error {
	for _, t := range r.hashTiles() {
		if err := r.stage(t, appendTile(nil, r.edge[t.level])); err != nil {
			return err
		}
	}
	return nil
}

// blameEdge finds out which tile of the edge is wrong, by what lies below each: with what that says in the place of the tile
// the edge must lead to the root. Where it does not, neither is to be believed.
func (r *remote) blameEdge() error {
	served := r.edge
	for _, t := range r.hashTiles() {
		below, err := r.below(t)
		if err != nil {
			continue // it does not help to tell
		}
		if r.edge[t.level] = below; r.edgeHolds() {
			return r.alarm(t.path(), t.first()+1, errDifferent, appendTile(nil, served[t.level]))
		}
		r.edge[t.level] = served[t.level]
	}
	return r.alarm(checkpointPath, 0, errWrongRoot, r.signed)
}

// below computes the hashes of a tile from what the source has below it.
func (r *remote) below(t tile) ([]Hash, error) {
	hashes := make([]Hash, 0, t.width)
	if t.level == 0 {
		file, err := r.get(tileOf(entries, t.index, r.at.Size))
		if err != nil {
			return nil, err
		}
		bodies, err := parseBundle(nil, file, t.width)
		for _, body := range bodies {
			hashes = append(hashes, LeafHash(body))
		}
		return hashes, err
	}
	for i := range t.width {
		file, err := r.get(tileOf(t.level-1, t.index<<tileHeight+uint64(i), r.at.Size))
		if err != nil {
			return nil, err
		}
		row, err := parseTile(file, tileWidth)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, fold(row))
	}
	return hashes, nil
}
