// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a program, or another of zooid's libraries, finds in a shared library. All else is hidden there, because the
/// libraries are compiled with -fvisibility=hidden. It stands on what is defined in .cpp files, on what is thrown or
/// derived from across libraries, and on what is known by its address, which must be the same in all of them.
#define ZOOID_API [[gnu::visibility("default")]]
