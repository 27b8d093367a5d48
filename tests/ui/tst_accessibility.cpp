// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that every control of the window and its dialogs has an accessible name and can be reached with the keyboard.
#include "places.h"
#include "tests/support/pooltest.h"
#include "tests/support/testhelpers.h"
#include "ui/dashboard.h"
#include "ui/mainwindow.h"
#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QTabWidget>
#include <QTest>

using namespace lifeguard;
using namespace lifeguard::test;

namespace {

/// Returns whether elements with this role need a name. Labels and frames are announced by their own text.
bool isControl(QAccessible::Role role)
{
    switch (role) {
    case QAccessible::PushButton:
    case QAccessible::ButtonMenu:
    case QAccessible::ButtonDropDown:
    case QAccessible::CheckBox:
    case QAccessible::RadioButton:
    case QAccessible::ComboBox:
    case QAccessible::EditableText:
    case QAccessible::SpinBox:
    case QAccessible::Slider:
    case QAccessible::Table:
    case QAccessible::List:
    case QAccessible::Tree:
    case QAccessible::PageTab:
    case QAccessible::PageTabList:
    case QAccessible::MenuItem:
    case QAccessible::ProgressBar:
    case QAccessible::Dialog:
    case QAccessible::Window:
        return true;
    default:
        return false;
    }
}

/// Returns whether the object is part of a spin box or combo box, whose name also covers its parts.
bool isPartOfControl(const QObject *object)
{
    const QObject *parent = object ? object->parent() : nullptr;
    return parent && (qobject_cast<const QAbstractSpinBox *>(parent) || qobject_cast<const QComboBox *>(parent));
}

void collectUnnamed(QAccessibleInterface *interface, const QString &path, QStringList &unnamed, int &controls)
{
    if (!interface || !interface->isValid())
        return;
    const QObject *object = interface->object();
    const QAccessible::Role role = interface->role();
    if (role == QAccessible::ScrollBar || role == QAccessible::Cell || role == QAccessible::Row
        || role == QAccessible::ListItem || role == QAccessible::TreeItem)
        return; // cells are checked with their models
    const QString ownPath = path + u'/'
                          + (object
                                 ? QString::fromLatin1(object->metaObject()->className()) + u'#' + object->objectName()
                                 : QString::number(role));
    if (isControl(role) && !isPartOfControl(object)) {
        ++controls;
        if (interface->text(QAccessible::Name).trimmed().isEmpty())
            unnamed.append(ownPath);
    }
    const auto *widget = qobject_cast<const QWidget *>(object);
    if (widget && (qobject_cast<const QAbstractSpinBox *>(widget) || qobject_cast<const QComboBox *>(widget)))
        return;
    for (int i = 0; i < interface->childCount(); ++i)
        collectUnnamed(interface->child(i), ownPath, unnamed, controls);
}

/// Returns the buttons and fields that cannot be reached with the Tab key.
QStringList unreachableControls(const QWidget *top)
{
    QStringList names;
    for (const QWidget *widget : top->findChildren<QWidget *>()) {
        const bool control = qobject_cast<const QAbstractButton *>(widget)
                          || qobject_cast<const QAbstractSpinBox *>(widget) || qobject_cast<const QComboBox *>(widget);
        if (!control || isPartOfControl(widget) || widget->window() != top || (widget->focusPolicy() & Qt::TabFocus))
            continue;
        const QWidget *parent = widget->parentWidget();
        const bool isInternal = widget->objectName().isEmpty() || widget->objectName().startsWith(QLatin1String("qt_"))
                             || QString::fromLatin1(parent->metaObject()->className())
                                    .startsWith(QLatin1String("QTab"));
        if (!isInternal)
            names.append(QString::fromLatin1(widget->metaObject()->className()) + u'#' + widget->objectName());
    }
    return names;
}

} // namespace

class TestAccessibility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void controlsOfMainWindow();
    void controlsOfDialogs_data();
    void controlsOfDialogs();
    void cleanupTestCase();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Dashboard> m_dashboard;
};

void TestAccessibility::initTestCase()
{
    QApplication::setQuitOnLastWindowClosed(false);
    qputenv("XDG_STATE_HOME", QFile::encodeName(m_folder.filePath(QStringLiteral("state"))));
    QCoreApplication::setOrganizationName(QStringLiteral("lifeguard-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("config")));
    theme::apply(*qApp, theme::Mode::Light);
    DashboardOptions options;
    options.workspace = m_folder.path();
    options.database = m_folder.filePath(QStringLiteral("clx_jobs.db"));
    options.workerProgram = QStringLiteral(LIFEGUARD_BIN_DIR "/lifeguard-worker");
    options.pools = {PoolTest::noop(1)};
    m_dashboard = std::make_unique<Dashboard>(theme::Mode::Light);
    m_dashboard->start(options);
    QVERIFY(QTest::qWaitForWindowExposed(&m_dashboard->window()));
    EVENTUALLY(m_dashboard->session().isReady() && m_dashboard->session().hasLiveWorkers());
}

void TestAccessibility::controlsOfMainWindow()
{
    auto *tabs = m_dashboard->window().findChild<QTabWidget *>(QStringLiteral("tabs"));
    QVERIFY(tabs);
    for (int page = 0; page < tabs->count(); ++page) {
        tabs->setCurrentIndex(page);
        QStringList unnamed;
        int controls = 0;
        collectUnnamed(QAccessible::queryAccessibleInterface(&m_dashboard->window()), {}, unnamed, controls);
        QCOMPARE(unnamed.join(u'\n'), QString());
        QVERIFY2(controls > 15, "the tree of accessible elements was not searched");
    }
    QCOMPARE(unreachableControls(&m_dashboard->window()).join(u'\n'), QString());
}

void TestAccessibility::controlsOfDialogs_data()
{
    QTest::addColumn<QKeySequence>("keys");
    QTest::newRow("launch pools") << QKeySequence(Qt::CTRL | Qt::Key_N);
    QTest::newRow("add jobs") << QKeySequence(Qt::CTRL | Qt::Key_O);
    QTest::newRow("keyboard shortcuts") << QKeySequence(Qt::Key_F1);
}

void TestAccessibility::controlsOfDialogs()
{
    QFETCH(QKeySequence, keys);
    QVERIFY(QTest::qWaitForWindowActive(&m_dashboard->window()));
    QTest::keySequence(&m_dashboard->window(), keys);
    const auto opened = [] { return qobject_cast<QDialog *>(QApplication::activeModalWidget()); };
    EVENTUALLY(opened() && opened()->isVisible());
    QDialog *dialog = opened();
    QStringList unnamed;
    int controls = 0;
    collectUnnamed(QAccessible::queryAccessibleInterface(dialog), {}, unnamed, controls);
    QCOMPARE(unnamed.join(u'\n'), QString());
    QVERIFY(controls > 0);
    QCOMPARE(unreachableControls(dialog).join(u'\n'), QString());
    QTest::keyClick(dialog, Qt::Key_Escape);
    EVENTUALLY(!opened());
}

void TestAccessibility::cleanupTestCase()
{
    m_dashboard->session().end(seconds(0));
    EVENTUALLY(!m_dashboard->session().hasLiveWorkers());
    m_dashboard.reset();
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
