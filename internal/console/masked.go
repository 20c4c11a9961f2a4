package console

import (
	"fmt"
	"html/template"
	"reflect"
	"text/template/parse"

	"flexybatch/report"
)

// pagesFor are the templates for who looks at a page: whoever is to see no phones has
// such as hide them in everything that they write.
func (k *Console) pagesFor(p *page) *pages {
	if k.masked != nil && !p.Person.SeesPhones() {
		return k.masked
	}
	return k.pages
}

// masking makes every template of a page pass all that it writes through mask. So no
// page has to remember that there are people who see no phones.
func masking(t *template.Template) {
	for _, one := range t.Templates() {
		if one.Tree != nil && one.Tree.Root != nil {
			maskNodes(one.Tree, one.Tree.Root)
		}
	}
}

// maskNodes goes through a list of nodes.
func maskNodes(in *parse.Tree, list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			if len(n.Pipe.Decl) == 0 && !writesMoney(n.Pipe) {
				name := parse.NewIdentifier("mask").SetTree(in).SetPos(n.Pos)
				n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{name}})
			}
		case *parse.IfNode:
			maskNodes(in, n.List)
			maskNodes(in, n.ElseList)
		case *parse.RangeNode:
			maskNodes(in, n.List)
			maskNodes(in, n.ElseList)
		case *parse.WithNode:
			maskNodes(in, n.List)
			maskNodes(in, n.ElseList)
		}
	}
}

// writesMoney tells a pipeline that writes a number of things or a sum: its digits are
// no phone's.
func writesMoney(p *parse.PipeNode) bool {
	for _, c := range p.Cmds {
		var fields []string
		switch first := c.Args[0].(type) {
		case *parse.VariableNode:
			fields = first.Ident
		case *parse.FieldNode:
			fields = first.Ident
		}
		if n := len(fields); n > 0 && (fields[n-1] == "Money" || fields[n-1] == "Number") {
			return true
		}
	}
	return false
}

// mask hides the phones in whatever a template writes.
func mask(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case template.HTML: // the figures of a report: sums, and no phones
		return v
	case string:
		return report.HidePhones(v)
	case fmt.Stringer:
		return report.HidePhones(v.String())
	case error:
		return report.HidePhones(v.Error())
	}
	if text := reflect.ValueOf(v); text.Kind() == reflect.String {
		return report.HidePhones(text.String())
	}
	return v
}
