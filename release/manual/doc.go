// Package manual makes manual pages of what programs say of their command lines
// ([cli.Description]): each section of a page is a part of a help text or the flags,
// so that no page says what --help does not.
//
// The pages are in man(7). A maker of pages from Markdown, such as cobra's, would
// reflow the lists of the help texts, which are lines of their own, and would leave
// examples and exit status in the description.
package manual
