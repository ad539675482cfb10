# Әр беттің айналасында тұратын сөздер.
site-name = Sandyq
skip = Мазмұнға өту
title-wrong = { "Қате: " }
nav-label = Негізгі
nav-shop = Қызметтер
nav-my = Менің деректерім
nav-policy = Саясат
nav-cases = Істер
nav-sessions = Сеанстар
nav-ledger = Есепке алу журналы
nav-cookies = Cookie файлдары
nav-staff = Қызметкерлерге
languages-label = Тіл
footer-label = Сайт туралы
sign-out = Шығу
back = Артқа
change = Өзгерту
total = Барлығы
optional = (міндетті емес)
not-given = көрсетілмеген
contents = Мазмұны
next-title = Не істеуге болады
to-home = Бірінші бетке өту
open-again = Бетті қайта ашу
demo-note = Бұл – сынап көруге арналған сайт: ақша алынбайды, хаттар осы компьютерден шықпайды.
operator-bin = БСН { $bin }
operator-phone = Телефон: { $phone }
operator-email = Эл. пошта: { $email }
operator-responsible = Дербес деректерге жауапты адам: { $name }
operator-missing = Оператор туралы мәліметтер толық емес, сондықтан сайт дерек қабылдамайды.
pages-label = Тізім беттері
pages-previous = Жаңарақ
pages-next = Ертерек
pages-here = { $page }-бет
problems-title = Түзету керек
count-refusals = { $count ->
    [0] әзірге бас тартылған жоқ
    [one] { $count } рет бас тартылды
   *[other] { $count } рет бас тартылды
}
