# То, что окружает каждую страницу.
site-name = Sandyq
skip = Перейти к содержанию
title-wrong = { "Ошибка: " }
nav-label = Главное
nav-shop = Услуги
nav-my = Мои данные
nav-policy = Политика
nav-cases = Дела
nav-sessions = Сеансы
nav-ledger = Журнал учёта
nav-cookies = Файлы cookie
nav-staff = Для сотрудников
languages-label = Язык
footer-label = О сайте
sign-out = Выйти
back = Назад
change = Изменить
total = Итого
optional = (необязательно)
not-given = не указано
contents = Содержание
next-title = Что можно сделать
to-home = На первую страницу
open-again = Открыть страницу заново
demo-note = Это пробный сайт: деньги не списываются, письма не покидают этот компьютер.
operator-bin = БИН { $bin }
operator-phone = Телефон: { $phone }
operator-email = Эл. почта: { $email }
operator-responsible = Ответственный за персональные данные: { $name }
operator-missing = Сведения об операторе заполнены не полностью, поэтому сайт не принимает данных.
pages-label = Страницы списка
pages-previous = Новее
pages-next = Раньше
pages-here = Страница { $page }
problems-title = Нужно исправить
count-refusals = { $count ->
    [0] отказов пока не было
    [one] { $count } отказ
    [few] { $count } отказа
    [many] { $count } отказов
   *[other] { $count } отказа
}
