// SPDX-License-Identifier: GPL-3.0-or-later
// Tests that every text colour is readable on every background that it is used on, in the light and the dark theme, and
// that states differ by more than their colour.
#include "core/model/jobstatus.h"
#include "core/model/poolstate.h"
#include "core/model/workerstate.h"
#include "places.h"
#include "ui/theme/icons.h"
#include "ui/theme/stateappearance.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QIcon>
#include <QPainter>
#include <QSet>
#include <QTest>

using namespace lifeguard;

class TestTheme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textColorsAreReadable_data();
    void textColorsAreReadable();
    void statesDifferByShapeAndWord();
    void shapesDiffer();
    void iconsAreNotBlank();
    void convertsAndAppliesModes();
};

void TestTheme::textColorsAreReadable_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TestTheme::textColorsAreReadable()
{
    QFETCH(bool, dark);
    const QPalette palette = theme::makePalette(dark);
    QCOMPARE(theme::isDark(palette), dark);
    const auto check = [](const char *what, const QColor &foreground, const QColor &background, double atLeast) {
        const double ratio = theme::contrast(foreground, background);
        QVERIFY2(ratio >= atLeast, qPrintable(QStringLiteral("%1: %2 on %3 is %4")
                                                  .arg(QString::fromLatin1(what), foreground.name(), background.name())
                                                  .arg(ratio)));
    };
    for (const QPalette::ColorRole background : {QPalette::Window, QPalette::Base, QPalette::AlternateBase,
                                                 QPalette::Button, QPalette::Highlight, QPalette::ToolTipBase}) {
        const QColor color = palette.color(background);
        check("text", palette.color(QPalette::Text), color, 4.5);
        check("window text", palette.color(QPalette::WindowText), color, 4.5);
        check("secondary text", theme::secondaryText(palette), color, 4.5);
        for (const theme::Hue hue :
             {theme::Hue::Good, theme::Hue::Busy, theme::Hue::Warning, theme::Hue::Bad, theme::Hue::Neutral}) {
            check("a state's word", theme::readable(theme::color(hue), color), color, 4.5);
            check("a state's shape", theme::readable(theme::color(hue), color, 3.0), color, 3.0);
        }
    }
    check("button text", palette.color(QPalette::ButtonText), palette.color(QPalette::Button), 4.5);
    check("highlighted text", palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight), 4.5);
    check("tooltip", palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase), 4.5);
    check("placeholder", palette.color(QPalette::PlaceholderText), palette.color(QPalette::Base), 4.5);
    check("link", palette.color(QPalette::Link), palette.color(QPalette::Base), 4.5);
    check("accent", theme::accent(palette), palette.color(QPalette::Window), 4.5);
    check("the coloured button", Qt::white, theme::readable(theme::color(theme::Hue::Busy), Qt::white), 4.5);
}

void TestTheme::statesDifferByShapeAndWord()
{
    const auto check = [](const QList<theme::StateAppearance> &appearances) {
        QSet<QString> words;
        QSet<QPair<int, int>> shapes;
        for (const theme::StateAppearance &appearance : appearances) {
            QVERIFY(!appearance.text.isEmpty());
            words.insert(appearance.text);
            shapes.insert({int(appearance.shape), int(appearance.hue)});
        }
        QCOMPARE(words.size(), appearances.size());
        QCOMPARE(shapes.size(), appearances.size());
    };
    check({theme::appearance(WorkerState::Starting), theme::appearance(WorkerState::Idle),
           theme::appearance(WorkerState::Busy), theme::appearance(WorkerState::Suspect),
           theme::appearance(WorkerState::Hung), theme::appearance(WorkerState::Stopping),
           theme::appearance(WorkerState::Dead), theme::appearance(WorkerState::Stopped)});
    check({theme::appearance(PoolState::Starting), theme::appearance(PoolState::Running),
           theme::appearance(PoolState::Stopping), theme::appearance(PoolState::Stopped),
           theme::appearance(PoolState::CrashLooping)});
    check({theme::appearance(JobStatus::Pending), theme::appearance(JobStatus::Processing),
           theme::appearance(JobStatus::Completed), theme::appearance(JobStatus::Failed),
           theme::appearance(JobStatus::Cancelled)});
}

void TestTheme::shapesDiffer()
{
    QList<QImage> images;
    for (int shape = int(theme::Shape::Ring); shape <= int(theme::Shape::Dash); ++shape) {
        const QImage image = theme::shapePixmap(theme::Shape(shape), theme::Hue::Neutral, Qt::white, 16, 1.0).toImage();
        for (const QImage &other : std::as_const(images))
            QVERIFY2(image != other, qPrintable(QStringLiteral("shape %1").arg(shape)));
        images.append(image);
    }
}

void TestTheme::iconsAreNotBlank()
{
    const QStringList names = QDir(QStringLiteral(LIFEGUARD_SOURCE_DIR "/resources/icons"))
                                  .entryList({QStringLiteral("*.svg")});
    QVERIFY(names.size() > 10);
    for (const bool dark : {false, true}) {
        const QPalette palette = theme::makePalette(dark);
        for (const QString &name : names) {
            const QImage image =
                theme::icon(name.chopped(4), palette).pixmap(16, 16).toImage().convertToFormat(QImage::Format_ARGB32);
            int visiblePixels = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x)
                    visiblePixels += qAlpha(image.pixel(x, y)) > 64;
            }
            QVERIFY2(visiblePixels >= 8, qPrintable(name + QStringLiteral(" is blank")));
        }
    }
}

void TestTheme::convertsAndAppliesModes()
{
    for (const theme::Mode mode : {theme::Mode::System, theme::Mode::Light, theme::Mode::Dark})
        QVERIFY(theme::modeFromString(theme::toString(mode)) == mode);
    QVERIFY(!theme::modeFromString(QStringLiteral("pink")));
    theme::apply(*qApp, theme::Mode::Dark);
    QVERIFY(theme::isDark(QApplication::palette()));
    theme::apply(*qApp, theme::Mode::Light);
    QVERIFY(!theme::isDark(QApplication::palette()));
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
