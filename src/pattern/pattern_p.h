/* pattern_p.h: tokens and tree, shared by the lexer, the parser and what reads
 * the tree. */
#pragma once

#include "pattern.h"

enum token_kind {
	TOKEN_END,
	TOKEN_LBRACKET,
	TOKEN_RBRACKET,
	TOKEN_LPAREN,
	TOKEN_RPAREN,
	TOKEN_COLON,
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_STAR,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_NAME,   /* letters, digits, '_' */
	TOKEN_HYPHEN, /* a name with '-' in it: an object type only */
	TOKEN_INTEGER,
	TOKEN_FLOAT,
	TOKEN_STRING,
	TOKEN_HEX,
	TOKEN_BINARY,
	TOKEN_TIMESTAMP,
	TOKEN_BOOLEAN,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_FOLLOWEDBY,
	TOKEN_LIKE,
	TOKEN_MATCHES,
	TOKEN_ISSUBSET,
	TOKEN_ISSUPERSET,
	TOKEN_EXISTS,
	TOKEN_IN,
	TOKEN_START,
	TOKEN_STOP,
	TOKEN_SECONDS,
	TOKEN_TIMES,
	TOKEN_WITHIN,
	TOKEN_REPEATS,
	TOKEN_LAST,
};

/* text    as it stands in the pattern
 * value   what is between the quotes of a literal, unescaped; else text */
struct token {
	enum token_kind kind;
	size_t at; /* bytes from the start */
	struct str text;
	struct str value;
};

struct lexer {
	struct arena *a; /* for strings with escapes */
	struct str text;
	size_t at;
};

/* The next token; TOKEN_END for ever at the end.
 * ERR_INVALID with the place, or ERR_LIMIT when the arena is full. */
enum err lex_next(struct lexer *lx, struct token *ret, struct why *why);

/* Whether it can stand in a path without quotes. */
bool lex_is_name(struct str text);

/* Adds "line 1, column 13" of a byte offset to why and returns err. */
enum err lex_where(const struct lexer *lx, size_t at, enum err err, struct why *why);

struct step {
	enum { STEP_NAME, STEP_INDEX, STEP_ANY } kind;
	struct str text; /* name or integer */
	struct step *next;
};

struct literal {
	enum token_kind kind; /* TOKEN_INTEGER to TOKEN_BOOLEAN */
	size_t at;
	struct str value;
	struct literal *next;
};

enum node_kind {
	NODE_FOLLOWEDBY,
	NODE_OBS_OR,
	NODE_OBS_AND,
	NODE_OBSERVATION, /* one child: a comparison */
	NODE_OR,
	NODE_AND,
	NODE_TEST,
};

/* What stands behind an observation. */
struct qualifier {
	enum token_kind kind; /* TOKEN_START, TOKEN_WITHIN or TOKEN_REPEATS */
	struct str value;     /* the first instant, the seconds, the times */
	struct str stop;      /* of TOKEN_START */
	struct qualifier *next;
};

/* The test of one path.  EXISTS has no literal. */
struct test {
	size_t number; /* among the tests of the pattern, from 0 */
	bool negated;
	enum token_kind op;
	struct str type; /* of the object */
	struct step *path;
	struct literal *literal;
};

struct node {
	enum node_kind kind;
	size_t number;               /* of NODE_OBSERVATION: among those of the pattern, from 0 */
	struct qualifier *qualifier; /* in their order; of observations and lists of them */
	struct node *child;
	struct node *next; /* sibling */
	struct test test;  /* of NODE_TEST */
};

struct pattern {
	struct str text;
	struct node *root;
	size_t literals; /* in the whole tree */
	size_t tests;
	size_t observations;
};
