package config

import (
	"github.com/goccy/go-yaml/ast"
)

// entriesOf returns the entries of a mapping and where it starts.
func entriesOf(node ast.Node) ([]*ast.MappingValueNode, position, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, positionOf(n), true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, positionOf(n), true
	}
	return nil, position{}, false
}

// positionOf is where a reader sees the node begin. The library itself places
// a mapping without braces at its first colon.
func positionOf(node ast.Node) position {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0])
		}
	case *ast.MappingValueNode:
		return positionOf(n.Key)
	}
	token := node.GetToken()
	if token == nil || token.Position == nil {
		return position{1, 1}
	}
	return position{token.Position.Line, token.Position.Column}
}

func isNull(node ast.Node) bool {
	_, ok := node.(*ast.NullNode)
	return ok || node == nil
}

// kindOf names the kind of a node for a message, never its value.
func kindOf(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.IntegerNode:
		return "a number"
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number with a fraction"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	}
	return "text"
}
