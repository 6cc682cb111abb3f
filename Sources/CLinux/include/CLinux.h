// System calls that Swift cannot make by itself, one header a subject. No policy lives here.

#ifndef SQUALL_CLINUX_H
#define SQUALL_CLINUX_H

#if __has_include("control.h")
#include "control.h"
#endif
#include "host.h"
#include "protocol.h"
#if __has_include("packet.h")
#include "packet.h"
#endif

#endif
