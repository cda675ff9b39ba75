/* The six functions of termcap that readline calls, with one built-in description: the control sequences of ECMA-48 that xterm, screen, tmux,
   the Linux console and every terminal emulator of today have in common. It spares the image a terminfo database and ncurses. A terminal of
   another kind (TERM=dumb, or no TERM at all) is not found, and readline then edits without moving the cursor. */

#include <stdio.h>
#include <string.h>

char PC;
char *BC, *UP;
short ospeed;

static const struct { char name[3]; const char *value; } strings[] = {
  { "@7", "\033OF" },     /* End */
  { "ce", "\033[K" },     /* clear to end of line */
  { "cl", "\033[H\033[2J" },
  { "cr", "\r" },
  { "dc", "\033[P" },     /* delete a character */
  { "ic", "\033[@" },     /* make room for a character */
  { "kD", "\033[3~" },    /* Delete */
  { "kI", "\033[2~" },    /* Insert */
  { "kN", "\033[6~" },    /* Page Down */
  { "kP", "\033[5~" },    /* Page Up */
  { "kd", "\033OB" },
  { "ke", "\033[?1l\033>" },
  { "kh", "\033OH" },     /* Home */
  { "kl", "\033OD" },
  { "kr", "\033OC" },
  { "ks", "\033[?1h\033=" },
  { "ku", "\033OA" },
  { "le", "\b" },
  { "nd", "\033[C" },
  { "se", "\033[27m" },
  { "so", "\033[7m" },
  { "up", "\033[A" },
  { "ve", "\033[?25h" },
};

static const char *const families[] = { "xterm", "screen", "tmux", "linux", "vt1", "vt2", "rxvt", "ansi", "alacritty", "foot", "konsole", "st", "putty" };

int tgetent (char *buffer, const char *term)
{
  size_t i;
  if (buffer)
    *buffer = '\0';
  for (i = 0; term && i < sizeof families / sizeof *families; i++)
    if (strncmp (term, families[i], strlen (families[i])) == 0)
      return 1;
  return 0;
}

/* am: wraps at the margin; xn: but only when the next character comes */
int tgetflag (const char *name)
{
  return strcmp (name, "am") == 0 || strcmp (name, "xn") == 0;
}

/* columns and lines are what the terminal itself answers to TIOCGWINSZ */
int tgetnum (const char *name)
{
  return strcmp (name, "co") == 0 ? 80 : strcmp (name, "li") == 0 ? 24 : -1;
}

char *tgetstr (const char *name, char **area)
{
  size_t i;
  (void) area;
  for (i = 0; i < sizeof strings / sizeof *strings; i++)
    if (strcmp (name, strings[i].name) == 0)
      return (char *) strings[i].value;
  return NULL;
}

/* none of the strings above takes parameters */
char *tgoto (const char *string, int column, int row)
{
  (void) column, (void) row;
  return (char *) string;
}

int tputs (const char *string, int lines, int (*put) (int))
{
  (void) lines;
  while (string && *string)
    put (*string++);
  return 0;
}
