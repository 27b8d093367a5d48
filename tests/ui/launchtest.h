// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testhelpers.h"
#include "ui/dialogs/launchpoolsdialog.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace lifeguard::test {

/// Base class of the tests of the dialog for launching pools. Opens the dialog with temporary settings and records the
/// pools that it launches.
class LaunchTest : public QObject
{
protected:
    static void setUpAll()
    {
        QCoreApplication::setOrganizationName(s("lifeguard-test"));
        theme::apply(*qApp, theme::Mode::Light);
    }
    void setUp()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder->filePath(s("config")));
        QSettings().clear();
        m_launched.clear();
        m_refused.clear();
    }
    void tearDown()
    {
        m_dialog.reset();
        qunsetenv("PLANTUML_JAR");
    }
    void openDialog(const LaunchContext &context = {})
    {
        LaunchContext launchContext = context;
        launchContext.workspace = m_folder->path();
        const auto launch = [this](const WorkerConfig &config) -> Status {
            if (config.type == m_refused) {
                return failure(ErrorCode::InvalidArgument, s("the launch was refused"));
            }
            m_launched.append(config);
            return {};
        };
        m_dialog = std::make_unique<LaunchPoolsDialog>(launchContext, launch);
        m_dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_dialog.get()));
    }
    template<typename T>
    QList<T *> widgets(const char *name) const
    {
        return m_dialog->findChildren<T *>(s(name));
    }
    QList<LaunchPoolRow *> rows() const
    {
        QList<LaunchPoolRow *> visible;
        for (LaunchPoolRow *row : widgets<LaunchPoolRow>("launchPoolRow")) {
            if (!row->isHidden()) {
                visible.append(row);
            }
        }
        return visible;
    }
    template<typename T>
    T *childOf(LaunchPoolRow *row, const char *name) const
    {
        return row->findChild<T *>(s(name));
    }
    QPushButton *launchButton() const { return m_dialog->findChild<QPushButton *>(s("launchButton")); }
    QStringList types() const
    {
        QStringList result;
        for (const WorkerConfig &config : m_dialog->configs()) {
            result.append(config.type);
        }
        return result;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LaunchPoolsDialog> m_dialog;
    QList<WorkerConfig> m_launched;
    QString m_refused; ///< a job type whose launch fails
};

} // namespace lifeguard::test
