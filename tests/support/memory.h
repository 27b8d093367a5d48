// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#ifdef __SANITIZE_ADDRESS__
// Of libasan; GCC has no header for them.
extern "C" size_t __sanitizer_get_current_allocated_bytes();
extern "C" void __sanitizer_purge_allocator();
#else
#include <malloc.h>
#endif

namespace lifeguard::test {

/// Returns the bytes that this process has allocated and not freed. Without a sanitizer, blocks of their own mapping
/// (above 128 KB) do not count.
[[nodiscard]] inline qint64 allocatedBytes()
{
#ifdef __SANITIZE_ADDRESS__
    return qint64(__sanitizer_get_current_allocated_bytes());
#else
    return qint64(mallinfo2().uordblks);
#endif
}

/// Returns freed memory to the system; the address sanitizer keeps it for a while, to recognise its use.
inline void releaseFreedMemory()
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_purge_allocator();
#else
    malloc_trim(0);
#endif
}

} // namespace lifeguard::test
