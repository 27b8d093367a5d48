// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/pooltest.h"

#include <QString>
#include <QStringList>

namespace lifeguard::bench {

/// A manager with a pool of direct workers that convert files. Exits the program with a message if something fails.
class ConversionPool
{
public:
    explicit ConversionPool(QString type) : m_type(std::move(type)) {}
    ~ConversionPool();
    Q_DISABLE_COPY_MOVE(ConversionPool)

    /// Returns the workspace, in which the inputs must be.
    [[nodiscard]] QString workspace() const { return m_pool.folder.path(); }
    /// Starts the workers, and waits until all have registered.
    void start(int workers);
    /// Waits until no process of the workers uses the processor, so that everything that they start before the first
    /// job has been started.
    void settle() const;
    /// Adds a job for each file, as lifeguardctl submit does, and waits until all have completed.
    void convert(const QStringList &files);

private:
    const QString m_type;
    test::PoolTest m_pool;
};

} // namespace lifeguard::bench
