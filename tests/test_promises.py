"""No word of the portal promises a cancellation or money back."""

from __future__ import annotations

import pytest

from tests.promises import promises
from tests.told import WORDS, catalogue, told

PROMISING = [
    "Your order will be canceled.",
    "Your order will be cancelled shortly.",
    "The order will definitely be stopped",
    "We will refund you.",
    "We'll refund the payment",
    "We will cancel it within a day",
    "We will not only cancel the order but refund it",
    "We are going to refund the order",
    "You will get all your money back.",
    "You'll receive a full refund",
    "The amount will be added back to your balance",
    "We will return your money",
    "Do not worry, we will refund everything",
    "Do not worry we will refund everything",
    "If you ask now we will refund you",
    "If you ask now, the order will be canceled.",
    "Not sure? Your order will be canceled.",
    "Cancellation is guaranteed.",
    "We guarantee you will not lose money",
    "A refund for sure",
    "We promise to stop it",
    "We always refund",
    "We refund such orders.",
    "Замовлення буде скасовано.",
    "Замовлення буде обов’язково скасоване",
    "Кошти будуть повернені",
    "Суму буде зараховано на баланс.",
    "Скасовано буде сьогодні",
    "Ми скасуємо замовлення",
    "Підтримка скасує замовлення",
    "Його скасують.",
    "Ми повернемо гроші.",
    "Повернемо кошти",
    "Вам повернуть суму",
    "Ми зарахуємо суму на баланс",
    "Не хвилюйтеся, ми скасуємо замовлення",
    "Ми не лише скасуємо, а й повернемо гроші",
    "Якщо попросите зараз, ми скасуємо замовлення",
    "Гарантуємо скасування.",
    "Ми гарантуємо, що ви не втратите кошти",
    "Скасування гарантоване.",
    "Ви точно отримаєте відповідь",
    "Неодмінно зупинять",
    "Ви отримаєте назад усі гроші",
    "Обіцяємо розглянути",
    "Ми повертаємо кошти",
    "Повертатимемо гроші",
    "100 % скасування",
]
HARMLESS = [
    "Cancellation is never guaranteed.",
    "Cancellation is not yet guaranteed.",
    "A review does not guarantee cancellation.",
    "A review guarantees nothing.",
    "Once an order was submitted, no cancellation is guaranteed.",
    "There is still no guarantee.",
    "Nobody can guarantee a cancellation",
    "This is not a promise.",
    "We cannot promise anything.",
    "The order will not be canceled by this.",
    "The order won't be canceled",
    "We will not refund without a review",
    "Nothing will be refunded before that",
    "We do not know whether the order will be canceled.",
    "We cannot say if we will cancel it",
    "The amount will usually be added back.",
    "The order may be canceled.",
    "The amount is usually added back to the account balance.",
    "Only the undelivered part may be credited.",
    "The order usually cannot be stopped.",
    "The panel showed the order as canceled.",
    "Staff will read your cancellation request.",
    "We will try to stop the order",
    "Canceled",
    "Скасування ніколи не гарантоване.",
    "Ми не гарантуємо скасування.",
    "Розгляд запиту не гарантує скасування.",
    "Ніхто не може гарантувати скасування",
    "Шансів більше, але гарантії все одно немає.",
    "Без гарантії",
    "Розгляд нічого не гарантує.",
    "Жодне скасування не гарантоване.",
    "Замовлення не буде скасовано.",
    "Ми не скасуємо замовлення без розгляду.",
    "Ми не знаємо, чи замовлення буде скасовано.",
    "Невідомо, чи повернуть кошти",
    "Можливо, його скасують.",
    "Суму зазвичай буде зараховано на баланс",
    "Суму зазвичай зараховують на баланс.",
    "Скасування може бути можливим.",
    "Система його скасовує.",
    "Як попросити про скасування",
    "Кнопка поверне вас до форми",
    "Скасовано",
]


@pytest.mark.parametrize("phrase", PROMISING)
def test_a_promise_is_found(phrase: str) -> None:
    assert promises(phrase)


@pytest.mark.parametrize("phrase", HARMLESS)
def test_a_phrase_that_promises_nothing_is_let_through(phrase: str) -> None:
    assert promises(phrase) == []


@pytest.mark.parametrize("language", WORDS)
def test_no_word_of_the_policy_promises_anything(language: str) -> None:
    assert [(place, found) for place, text in told(WORDS[language]) if (found := promises(text))] == []


def test_no_word_of_the_interface_promises_anything() -> None:
    assert [(place, found) for place, text in catalogue() if (found := promises(text))] == []
