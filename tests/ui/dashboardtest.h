// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/job.h"
#include "core/model/workerinfo.h"
#include "places.h"
#include "tests/support/queuetest.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboard.h"
#include "ui/mainwindow.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace lifeguard::test {

/// Base class of the tests of the dashboard: the whole window with temporary settings and a database, first.db, in a
/// temporary folder, which is also the workspace.
class DashboardTest : public QObject
{
protected:
    static void setUpAll()
    {
        QApplication::setQuitOnLastWindowClosed(false);
        theme::apply(*qApp, theme::Mode::Light);
    }
    void setUp()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("XDG_STATE_HOME", QFile::encodeName(path(QStringLiteral("state"))));
        QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, path(QStringLiteral("config")));
    }
    void tearDown()
    {
        if (m_dashboard && m_dashboard->session().hasLiveWorkers()) {
            m_dashboard->session().end(seconds(0));
            EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
        }
        m_dashboard.reset();
    }
    [[nodiscard]] QString path(const QString &name) const { return m_folder->filePath(name); }
    [[nodiscard]] DatabaseChoice choice(const QString &name) const { return {path(name), m_folder->path(), false}; }
    void start(const QList<WorkerConfig> &pools = {})
    {
        DashboardOptions options;
        options.workspace = m_folder->path();
        options.database = path(QStringLiteral("first.db"));
        options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
        options.pools = pools;
        m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
        m_dashboard->start(options);
        QVERIFY(QTest::qWaitForWindowExposed(&m_dashboard->window()));
        EVENTUALLY(isReady());
    }
    template<typename T>
    T *child(const char *name) const
    {
        return m_dashboard->window().findChild<T *>(QString::fromLatin1(name));
    }
    [[nodiscard]] bool isReady() const { return child<QPushButton>("launchPoolButton")->isEnabled(); }
    [[nodiscard]] bool shows(const QString &database) const
    {
        return m_dashboard->session().options().database == database;
    }
    [[nodiscard]] QString errorText() const
    {
        return child<QWidget>("messageBar")->isVisible() ? child<QLabel>("messageBarText")->text() : QString();
    }
    /// Locks first.db like another program, until the returned connection commits. Returns null if that failed.
    [[nodiscard]] std::unique_ptr<RawSql> lock(const QString &lockType = QStringLiteral("IMMEDIATE")) const
    {
        auto other = std::make_unique<RawSql>(path(QStringLiteral("first.db")));
        const QString begin = QStringLiteral("BEGIN ") + lockType;
        return QTest::qWaitFor([&] { return other->exec(begin); }, patience) ? std::move(other) : nullptr;
    }
    /// Locks first.db as lock() does, and adds 50 jobs, which wait for the lock.
    [[nodiscard]] std::unique_ptr<RawSql> addJobsWhileLocked() const
    {
        auto other = lock();
        NewJob job;
        job.type = QStringLiteral("noop");
        if (other)
            m_dashboard->session().adder().add(job, 50);
        return other;
    }
    [[nodiscard]] int alive() const
    {
        int count = 0;
        for (const WorkerInfo &worker : m_dashboard->session().manager()->workers())
            count += worker.isAlive() && worker.workerId != 0;
        return count;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Dashboard> m_dashboard;
};

} // namespace lifeguard::test
