// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

/// Returns a model with a red box of 200 × 80 at a fixed place, with this label (XML-escaped HTML). With a border of 20
/// it is drawn as 240 × 120 pixels, plus the width of its lines. For tests.
[[nodiscard]] QByteArray drawioBox(const QByteArray &label);
/// Returns a <diagram> with this model. For tests.
[[nodiscard]] QByteArray drawioPage(const QByteArray &model, const QByteArray &name);
/// Returns a file with these pages. For tests.
[[nodiscard]] QByteArray drawioFile(const QByteArray &pages);
/// Returns a page as draw.io compresses it; it contains a box with the label "Squeezed". For tests.
[[nodiscard]] QByteArray drawioCompressedPage();
/// Returns a model without content. For tests.
[[nodiscard]] QByteArray drawioEmptyModel();
/// Returns a file with one page whose model has these cells and attributes. For tests.
[[nodiscard]] QByteArray drawioFileWith(const QByteArray &cells, const QByteArray &attributes = {});
/// Returns the cell of a shape of 100 × 60. label: HTML, which is escaped here. For tests.
[[nodiscard]] QByteArray drawioVertex(int id, const QByteArray &style, const QByteArray &label = {}, int x = 0,
                                      int y = 0);
