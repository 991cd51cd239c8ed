/* print_p.h: parts of a pattern as text (private to pattern). */
#pragma once

#include "buf.h"
#include "pattern_p.h"

void print_literal(struct buf *out, const struct literal *l);
void print_path(struct buf *out, const struct step *path);
void print_operand(struct buf *out, const struct test *t);
void print_qualifier(struct buf *out, const struct qualifier *q);
