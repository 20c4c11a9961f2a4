package lang

import "fmt"

// amount writes an amount of money as its verb wants it.
func (p *Printer) amount(v verb, m money) string { return fmt.Sprintf(v.text, m) }
